-- The newest reads of a group, newest first.
-- Params: $1 source, $2 group, $3 how many runs to look through
SELECT d.run_no AS run_id, d.began_at, d.ended_at, d.outcome::text AS outcome, d.vendor_count, d.rows_read, d.reason
FROM (
  SELECT run_no FROM rollcall.run WHERE source_no = (SELECT rollcall.source_number($1)) ORDER BY run_no DESC LIMIT $3
) r
JOIN rollcall.group_read d ON d.run_no = r.run_no AND d.group_id = $2
ORDER BY d.run_no DESC;
