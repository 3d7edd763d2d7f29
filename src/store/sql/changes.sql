-- The change feed, oldest first. At one moment what was imported comes first: a leave that the join of a read follows at once.
-- Params: $1 source, $2 group, $3 account, $4 since (inclusive), $5 until (exclusive); each null for any
SELECT id, source, group_id, account_id, kind, at, not_before, not_after, old, new, run_id, imported
FROM rollcall.member_changes
WHERE ($1::text IS NULL OR source = $1) AND ($2::text IS NULL OR group_id = $2) AND ($3::text IS NULL OR account_id = $3)
  AND ($4::timestamptz IS NULL OR at >= $4) AND ($5::timestamptz IS NULL OR at < $5)
UNION ALL
SELECT id, source, group_id, NULL, kind, at, not_before, not_after, old, new, run_id, false
FROM rollcall.group_changes
WHERE ($1::text IS NULL OR source = $1) AND ($2::text IS NULL OR group_id = $2) AND $3::text IS NULL
  AND ($4::timestamptz IS NULL OR at >= $4) AND ($5::timestamptz IS NULL OR at < $5)
ORDER BY at, account_id NULLS FIRST, imported DESC, id;
