-- Runs, newest first.
-- Params: $1 source, $2 verdict (running for those that go on), $3 trigger, $4 before this run, $5 how many, $6 this run alone
SELECT r.run_no AS id, s.name AS source, r.trigger, r.started_at, r.finished_at, r.verdict, r.reason, r.groups_seen,
  r.groups_complete, r.groups_partial, r.groups_gone, r.groups_failed, r.groups_unchanged, r.groups_unwalked, r.members_read, r.members_joined,
  r.members_left, r.members_changed, r.members_held, r.calls, r.rate_limited, r.duration_ms,
  w.groups AS live_groups, w.done AS live_done, w.members AS live_members
FROM rollcall.run r
JOIN rollcall.source s USING (source_no)
LEFT JOIN LATERAL (
  SELECT count(*)::integer AS groups, count(*) FILTER (WHERE q.done)::integer AS done, coalesce(sum(q.rows_read), 0)::bigint AS members
  FROM rollcall.run_group q WHERE q.run_no = r.run_no
) w ON r.finished_at IS NULL
WHERE ($1::text IS NULL OR s.name = $1)
  AND ($2::text IS NULL OR r.verdict = $2 OR ($2 = 'running' AND r.finished_at IS NULL))
  AND ($3::text IS NULL OR r.trigger = $3)
  AND ($4::integer IS NULL OR r.run_no < $4)
  AND ($6::integer IS NULL OR r.run_no = $6)
ORDER BY r.run_no DESC LIMIT $5;
