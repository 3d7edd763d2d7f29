-- What stands behind a change: the run that wrote it, that run's read of the group, and the earlier read that bounds it.
-- Params: $1 id, $2 about: 'member' or 'group' (each has ids of its own)
WITH c AS MATERIALIZED (
  SELECT id, source, group_id, account_id, kind, at, not_before, not_after, old, new, run_id, imported
  FROM rollcall.member_changes WHERE $2 = 'member' AND id = $1
  UNION ALL
  SELECT id, source, group_id, NULL, kind, at, not_before, not_after, old, new, run_id, false
  FROM rollcall.group_changes WHERE $2 = 'group' AND id = $1
)
SELECT c.*, s.vendor,
  r.trigger, r.started_at, r.finished_at, r.verdict, r.calls,
  d.outcome, d.vendor_count, d.rows_read, d.passes, d.calls AS read_calls, d.reason, d.began_at, d.ended_at,
  b.run_id AS before_run, b.outcome AS before_outcome, b.rows_read AS before_rows,
  EXISTS (SELECT FROM rollcall.membership_intervals i
    WHERE c.kind = 'left' AND i.source = c.source AND i.group_id = c.group_id AND i.account_id = c.account_id
      AND i.start_at = c.at) AS returned,
  EXISTS (SELECT FROM rollcall.group_changes e
    WHERE c.kind = 'left' AND e.source = c.source AND e.group_id = c.group_id AND e.kind = 'dissolved' AND e.at = c.at) AS dissolved
FROM c
JOIN rollcall.source s ON s.name = c.source
LEFT JOIN rollcall.runs r ON r.id = c.run_id
LEFT JOIN rollcall.group_reads d ON d.run_id = c.run_id AND d.source = c.source AND d.group_id = c.group_id
LEFT JOIN LATERAL (
  SELECT e.run_id, e.outcome, e.rows_read
  FROM rollcall.run o JOIN rollcall.group_reads e ON e.run_id = o.run_no
  WHERE o.source_no = s.source_no AND o.started_at <= c.not_before AND (o.finished_at IS NULL OR o.finished_at >= c.not_before)
    AND e.source = c.source AND e.group_id = c.group_id AND e.began_at = c.not_before
  LIMIT 1
) b ON true;
