-- One step: takes out packed receipts of reads that ended before a moment.
-- Params: $1 source number, $2 before this moment, $3 how many at the most, $4 from this run on, $5 how many runs at the most
WITH few AS MATERIALIZED (
  SELECT r.run_no FROM rollcall.run r WHERE r.source_no = $1 AND r.run_no >= $4 AND r.started_at < $2 ORDER BY r.run_no LIMIT $5
), doomed AS MATERIALIZED (
  SELECT p.place, f.run_no FROM few f
  CROSS JOIN LATERAL (
    SELECT p.ctid AS place FROM rollcall.receipt_pack p WHERE p.run_no = f.run_no AND p.ended_at < $2 LIMIT $3
  ) p
  LIMIT $3
), packs AS (
  DELETE FROM rollcall.receipt_pack WHERE ctid = ANY (ARRAY(SELECT d.place FROM doomed d)) RETURNING 1
)
SELECT 0 AS stays, 0 AS edits, 0 AS events, (SELECT count(*) FROM packs)::integer AS reads,
  CASE WHEN n.taken >= $3 THEN (SELECT max(d.run_no) FROM doomed d) WHEN n.runs >= $5 THEN n.last + 1 END AS next_no,
  NULL::text AS next_end, NULL::text AS next_start
FROM (SELECT (SELECT count(*) FROM doomed) AS taken, count(*) AS runs, max(run_no) AS last FROM few) n;
