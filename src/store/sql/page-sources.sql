-- Every source with what its roll holds now.
SELECT s.name, s.vendor, g.groups, g.dissolved, g.members, g.stale, g.uncovered, g.oldest_complete, g.newest_read,
  CASE WHEN g.proven_from IS NOT NULL THEN greatest(g.proven_from, k.history_from) END AS proven_from
FROM rollcall.source s
LEFT JOIN rollcall.retention k USING (source_no)
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE c.dissolved_at IS NULL)::integer AS groups,
    count(*) FILTER (WHERE c.dissolved_at IS NOT NULL)::integer AS dissolved,
    coalesce(sum(r.rows), 0)::bigint AS members,
    count(*) FILTER (WHERE c.dissolved_at IS NULL AND c.wanted AND r.complete_ended_at < now() - interval '24 hours')::integer AS stale,
    count(*) FILTER (WHERE c.dissolved_at IS NULL AND (NOT c.wanted OR r.first_complete_at IS NULL))::integer AS uncovered,
    min(r.complete_ended_at) FILTER (WHERE c.dissolved_at IS NULL AND c.wanted) AS oldest_complete,
    max(greatest(r.read_ended_at, r.details_at)) AS newest_read,
    min(r.first_complete_at) AS proven_from
  FROM rollcall.chat_group c JOIN rollcall.roll_state r USING (group_no) WHERE c.source_no = s.source_no
) g
ORDER BY s.source_no;
