-- Groups and accounts for the search box: accounts that begin with the text, groups whose name or id hold it.
-- Params: $1 the text, $2 LIKE pattern of it, $3 how many of each
(SELECT 'account' AS what, s.name AS source, a.account_id AS id, NULL AS name, a.groups AS members
FROM (
  SELECT g.source_no, m.account_id, count(*)::integer AS groups
  FROM rollcall.member m JOIN rollcall.chat_group g USING (group_no)
  WHERE m.account_id >= $1 AND m.account_id < $1 || U&'\FFFF'
  GROUP BY 1, 2 ORDER BY m.account_id <> $1, 2 LIMIT $3
) a JOIN rollcall.source s USING (source_no))
UNION ALL
(SELECT 'group', s.name, g.group_id, g.name, r.rows
FROM rollcall.chat_group g JOIN rollcall.source s USING (source_no) JOIN rollcall.roll_state r USING (group_no)
WHERE g.name ILIKE $2 OR g.group_id ILIKE $2
ORDER BY g.dissolved_at IS NOT NULL, r.rows DESC, g.group_no LIMIT $3);
