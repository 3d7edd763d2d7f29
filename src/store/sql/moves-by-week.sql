-- Joins and leaves by calendar week (UTC, from Monday). The first complete read of a group shows its backlog, not joins.
-- Params: $1 source
SELECT date_trunc('week', at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS week,
  count(*) FILTER (WHERE kind = 'joined' AND not_before IS NOT NULL)::integer AS joined,
  count(*) FILTER (WHERE kind = 'left')::integer AS left
FROM rollcall.member_changes WHERE source = $1 AND (kind = 'left' OR kind = 'joined' AND not_before IS NOT NULL)
GROUP BY 1 ORDER BY 1;
