-- The groups with the most joins and leaves.
-- Params: $1 source, $2 how many
SELECT c.group_id, g.name, count(*) FILTER (WHERE c.kind = 'joined')::integer AS joined,
  count(*) FILTER (WHERE c.kind = 'left')::integer AS left
FROM rollcall.member_changes c JOIN rollcall.current_groups g USING (source, group_id)
WHERE c.source = $1 AND g.dissolved_at IS NULL AND (c.kind = 'left' OR c.kind = 'joined' AND c.not_before IS NOT NULL)
GROUP BY 1, 2 ORDER BY count(*) DESC, 1 LIMIT $2;
