-- One group as users see it, with from when on its roll is proven, and from when on the history of its source is kept.
-- Params: $1 source, $2 group
SELECT c.name, c.type, c.coverage, c.last_read_at, c.dissolved_at, q.proven_from, q.kept_from
FROM rollcall.current_groups c JOIN rollcall.data_quality q USING (source, group_id)
WHERE c.source = $1 AND c.group_id = $2;
