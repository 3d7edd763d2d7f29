-- What all finished runs of each source add up to: counters for the metrics, and the calls of the last 24 hours.
SELECT s.name AS source, r.verdict, count(*)::integer AS runs, coalesce(sum(r.duration_ms), 0)::bigint AS duration_ms,
  sum(r.groups_complete)::bigint AS complete, sum(r.groups_partial)::bigint AS partial, sum(r.groups_gone)::bigint AS gone,
  sum(r.groups_failed)::bigint AS failed, sum(r.groups_unchanged)::bigint AS unchanged,
  sum(r.groups_unwalked)::bigint AS unwalked,
  sum(r.members_joined)::bigint AS joined, sum(r.members_left)::bigint AS "left", sum(r.rate_limited)::bigint AS rate_limited,
  max(r.finished_at) AS last_finished_at
FROM rollcall.run r JOIN rollcall.source s USING (source_no)
WHERE r.finished_at IS NOT NULL AND r.verdict IS NOT NULL
GROUP BY s.source_no, s.name, r.verdict ORDER BY s.source_no, r.verdict;
