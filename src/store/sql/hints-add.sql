-- Notes groups to look at; many events of a group are one row. Of several names of a group the first that is known is taken.
-- Nothing is noted where an account was forgotten since the names in the hints were looked at.
-- Params: $1 source number, $2 hints as a JSON array of {ids, moves}, $3 how many were forgotten by then, or null
WITH fresh AS (
  SELECT FROM rollcall.source s WHERE s.source_no = $1 AND ($3::integer IS NULL OR s.forgets = $3) FOR SHARE
)
INSERT INTO rollcall.hint AS h (source_no, group_id, events, moves)
SELECT $1, w.group_id, count(*), jsonb_path_query_array(jsonb_agg(w.moves), '$[*][*]')
FROM (
  SELECT coalesce(
      (SELECT g.group_id FROM rollcall.chat_group g WHERE g.source_no = $1 AND g.group_id = e.ids ->> 0),
      e.ids ->> -1) AS group_id, e.moves
  FROM jsonb_to_recordset($2) AS e (ids jsonb, moves jsonb)
) w
WHERE EXISTS (SELECT FROM fresh)
GROUP BY w.group_id ORDER BY w.group_id
ON CONFLICT (source_no, group_id) DO UPDATE SET events = h.events + excluded.events,
  moves = CASE WHEN jsonb_array_length(h.moves) < 2000 THEN h.moves || excluded.moves ELSE h.moves END;
