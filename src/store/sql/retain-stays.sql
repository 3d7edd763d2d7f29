-- One step: takes out closed stays that ended before a moment, each with the changes of its fields, from a place on. The step looks
-- at some groups and takes some stays, so that it is short. Rows are found and deleted by where they lie.
-- Params: $1 source number, $2 before this moment, $3 how many at the most, $4 from this group on, $5 and $6 in it from this end and
--   this start on, $7 how many groups at the most, $8 the newest run that the facts hold: what it does not count yet stays
WITH few AS MATERIALIZED (
  SELECT g.group_no FROM rollcall.chat_group g WHERE g.source_no = $1 AND g.group_no >= $4 ORDER BY g.group_no LIMIT $7
), doomed AS MATERIALIZED (
  SELECT s.* FROM few f
  CROSS JOIN LATERAL (
    SELECT t.ctid AS place, t.group_no, t.account_id, t.end_at, t.start_at, t.edited, t.join_id, t.left_id FROM rollcall.stay t
    WHERE t.group_no = f.group_no AND t.end_at < $2 AND t.end_run <= $8
      AND (t.end_at, t.start_at) >= (CASE WHEN f.group_no = $4 THEN $5::timestamptz ELSE '-infinity' END,
        CASE WHEN f.group_no = $4 THEN $6::timestamptz ELSE '-infinity' END)
    ORDER BY t.end_at, t.start_at LIMIT $3
  ) s
  LIMIT $3
), edits AS (
  DELETE FROM rollcall.member_edit WHERE ctid = ANY (ARRAY(
    SELECT x.place FROM doomed d
    CROSS JOIN LATERAL (
      SELECT e.ctid AS place FROM rollcall.member_edit e
      WHERE d.edited AND e.group_no = d.group_no AND e.account_id = d.account_id AND e.id > d.join_id AND e.id < d.left_id OFFSET 0
    ) x))
  RETURNING 1
), stays AS (
  DELETE FROM rollcall.stay WHERE ctid = ANY (ARRAY(SELECT d.place FROM doomed d)) RETURNING 1
)
SELECT (SELECT count(*) FROM stays)::integer AS stays, (SELECT count(*) FROM edits)::integer AS edits, 0 AS events, 0 AS reads,
  CASE WHEN n.taken >= $3 THEN l.group_no WHEN n.groups >= $7 THEN n.last + 1 END AS next_no,
  CASE WHEN n.taken >= $3 THEN l.end_at::text END AS next_end, CASE WHEN n.taken >= $3 THEN l.start_at::text END AS next_start
FROM (SELECT (SELECT count(*) FROM doomed) AS taken, count(*) AS groups, max(group_no) AS last FROM few) n
LEFT JOIN LATERAL (SELECT d.* FROM doomed d ORDER BY d.group_no DESC, d.end_at DESC, d.start_at DESC LIMIT 1) l ON true;
