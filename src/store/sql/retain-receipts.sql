-- One step: takes out receipts of reads that ended before a moment. The newest one of a group that is to be read stays: it may say
-- why the group is not fresh.
-- Params: $1 source number, $2 before this moment, $3 how many at the most, $4 from this run on, $5 how many runs at the most
WITH few AS MATERIALIZED (
  SELECT r.run_no FROM rollcall.run r WHERE r.source_no = $1 AND r.run_no >= $4 AND r.started_at < $2 ORDER BY r.run_no LIMIT $5
), doomed AS MATERIALIZED (
  SELECT d.place, f.run_no FROM few f
  CROSS JOIN LATERAL (
    SELECT d.ctid AS place FROM rollcall.group_receipt d
    WHERE d.run_no = f.run_no AND d.ended_at < $2
      -- Scalar queries, so that each is one look into an index, and never a join with all groups.
      AND CASE WHEN (
          SELECT d.run_no >= coalesce(t.read_run, 0) FROM rollcall.chat_group g JOIN rollcall.roll_state t USING (group_no)
          WHERE g.source_no = $1 AND g.group_id = d.group_id AND g.wanted AND g.dissolved_at IS NULL)
        THEN (
          SELECT u.run_no FROM rollcall.run u JOIN rollcall.group_receipt e ON e.run_no = u.run_no AND e.group_id = d.group_id
          WHERE u.source_no = $1 AND u.run_no > d.run_no ORDER BY u.run_no LIMIT 1) IS NOT NULL
        ELSE true END
    LIMIT $3
  ) d
  LIMIT $3
), receipts AS (
  DELETE FROM rollcall.group_receipt WHERE ctid = ANY (ARRAY(SELECT d.place FROM doomed d)) RETURNING 1
)
SELECT 0 AS stays, 0 AS edits, 0 AS events, (SELECT count(*) FROM receipts)::integer AS reads,
  CASE WHEN n.taken >= $3 THEN (SELECT max(d.run_no) FROM doomed d) WHEN n.runs >= $5 THEN n.last + 1 END AS next_no,
  NULL::text AS next_end, NULL::text AS next_start
FROM (SELECT (SELECT count(*) FROM doomed) AS taken, count(*) AS runs, max(run_no) AS last FROM few) n;
