-- One step: takes out imported stays that were over before a moment, with the changes of their fields.
-- Params: $1 source number, $2 before this moment, $3 how many to look at, $4 from this id on
WITH few AS MATERIALIZED (
  SELECT i.ctid AS place, i.group_id, i.account_id, i.start_at, i.end_at, i.join_id, i.left_id FROM rollcall.imported_stay i
  WHERE i.source_no = $1 AND i.join_id >= $4 ORDER BY i.join_id LIMIT $3
), doomed AS MATERIALIZED (
  SELECT f.* FROM few f
  WHERE f.end_at < $2 OR (
    SELECT p.over_at < $2 FROM rollcall.imported_span p
    WHERE p.source_no = $1 AND p.group_id = f.group_id AND p.account_id = f.account_id AND p.start_at = f.start_at)
), edits AS (
  DELETE FROM rollcall.imported_edit WHERE ctid = ANY (ARRAY(
    SELECT x.place FROM doomed d
    CROSS JOIN LATERAL (
      SELECT e.ctid AS place FROM rollcall.imported_edit e
      WHERE e.source_no = $1 AND e.group_id = d.group_id AND e.account_id = d.account_id AND e.id > d.join_id AND e.id < d.left_id OFFSET 0
    ) x))
  RETURNING 1
), stays AS (
  DELETE FROM rollcall.imported_stay WHERE ctid = ANY (ARRAY(SELECT d.place FROM doomed d)) RETURNING 1
)
SELECT (SELECT count(*) FROM stays)::integer AS stays, (SELECT count(*) FROM edits)::integer AS edits, 0 AS events, 0 AS reads,
  CASE WHEN count(*) >= $3 THEN (max(join_id) + 1)::float8 END AS next_no, NULL::text AS next_end, NULL::text AS next_start
FROM few;
