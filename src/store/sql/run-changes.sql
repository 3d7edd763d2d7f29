-- The changes that a run found, oldest first; of some groups alone where they are named.
-- Params: $1 run, $2 groups, or null for all
SELECT id, source, group_id, account_id, kind, at, not_before, not_after, old, new, run_id
FROM rollcall.member_changes WHERE run_id = $1 AND ($2::text[] IS NULL OR group_id = ANY ($2::text[]))
UNION ALL
SELECT id, source, group_id, NULL, kind, at, not_before, not_after, old, new, run_id
FROM rollcall.group_changes WHERE run_id = $1 AND ($2::text[] IS NULL OR group_id = ANY ($2::text[]))
ORDER BY at, account_id NULLS FIRST, id;
