-- How many members some groups had at some moments.
-- Params: $1 source, $2 group ids, $3 moments
SELECT g.group_id, array_agg(coalesce(n.members, 0) ORDER BY t.at) AS sizes
FROM unnest($2::text[]) AS g (group_id) CROSS JOIN unnest($3::timestamptz[]) AS t (at)
LEFT JOIN LATERAL (
  SELECT count(*)::integer AS members FROM rollcall.membership_intervals i
  WHERE i.source = $1 AND i.group_id = g.group_id AND i.start_at <= t.at AND (i.end_at IS NULL OR i.end_at > t.at)
) n ON true
GROUP BY 1;
