-- Calls by endpoint of all runs of each source, and of those that ended in the last 24 hours.
SELECT s.name AS source, c.key AS endpoint, sum(c.value::bigint)::bigint AS calls,
  coalesce(sum(c.value::bigint) FILTER (WHERE r.finished_at > now() - interval '24 hours'), 0)::bigint AS calls_day,
  coalesce(sum(r.duration_ms) FILTER (WHERE r.finished_at > now() - interval '24 hours'), 0)::bigint AS busy_ms_day
FROM rollcall.run r JOIN rollcall.source s USING (source_no) CROSS JOIN LATERAL jsonb_each_text(r.calls) c
GROUP BY s.source_no, s.name, c.key ORDER BY s.source_no, c.key;
