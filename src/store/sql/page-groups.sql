-- One page of groups. The sort key is one text (numbers and times padded), so that one cursor serves every order.
-- Params: $1 source, $2 what name or id contain (LIKE pattern), $3 state (standing, dissolved; null all), $4 types,
--   $5 coverage, $6 sort (name, members, read, created, seen), $7 descending, $8 $9 the key and number after which to go on,
--   $10 how many, $11 those alone whose last complete read is more than a day old?
WITH fit AS (
  SELECT g.group_no, g.source_no,
    CASE $6::text
      WHEN 'members' THEN to_char(r.rows, 'FM000000000000')
      WHEN 'read' THEN to_char(coalesce(extract(epoch FROM r.read_ended_at), 0) * 1000, 'FM000000000000000')
      WHEN 'created' THEN to_char(coalesce(extract(epoch FROM g.created_at), 0) * 1000, 'FM000000000000000')
      WHEN 'seen' THEN to_char(coalesce(extract(epoch FROM g.first_seen_at), 0) * 1000, 'FM000000000000000')
      ELSE lower(coalesce(nullif(g.name, ''), g.group_id)) END COLLATE "C" AS key,
    CASE WHEN NOT g.wanted THEN 'none' WHEN r.first_complete_at IS NOT NULL THEN 'full' WHEN r.rows > 0 THEN 'partial'
      ELSE 'none' END AS coverage
  FROM rollcall.chat_group g JOIN rollcall.roll_state r USING (group_no)
  WHERE ($1::text IS NULL OR g.source_no = (SELECT rollcall.source_number($1)))
    AND ($2::text IS NULL OR g.name ILIKE $2 OR g.group_id ILIKE $2)
    AND CASE $3::text WHEN 'standing' THEN g.dissolved_at IS NULL WHEN 'dissolved' THEN g.dissolved_at IS NOT NULL ELSE true END
    AND ($4::text[] IS NULL OR g.type = ANY ($4))
    AND (NOT $11::boolean OR g.wanted AND g.dissolved_at IS NULL AND r.complete_ended_at < now() - interval '24 hours')
), page AS (
  SELECT * FROM fit
  WHERE ($5::text[] IS NULL OR coverage = ANY ($5))
    AND ($8::text IS NULL OR CASE WHEN $7::boolean THEN (key, group_no) < ($8 COLLATE "C", $9::integer)
      ELSE (key, group_no) > ($8 COLLATE "C", $9) END)
  ORDER BY CASE WHEN $7 THEN key END DESC NULLS LAST, CASE WHEN NOT $7 THEN key END NULLS LAST,
    CASE WHEN $7 THEN -group_no ELSE group_no END
  LIMIT $10
)
SELECT p.group_no, p.key, s.name AS source, g.group_id, g.name, g.type, g.owner_id, r.rows AS members,
  g.member_count AS vendor_count, g.max_members, p.coverage, g.created_at, g.first_seen_at, r.read_ended_at AS last_read_at,
  r.complete_ended_at AS complete_at, g.dissolved_at
FROM page p
JOIN rollcall.chat_group g USING (group_no)
JOIN rollcall.roll_state r USING (group_no)
JOIN rollcall.source s ON s.source_no = p.source_no
ORDER BY CASE WHEN $7 THEN p.key END DESC NULLS LAST, CASE WHEN NOT $7 THEN p.key END NULLS LAST,
  CASE WHEN $7 THEN -p.group_no ELSE p.group_no END;
