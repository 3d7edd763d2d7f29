-- The last changes to and from owner and admin.
-- Params: $1 source, $2 how many
SELECT c.group_id, g.name, c.account_id, c.old ->> 'role' AS old_role, c.new ->> 'role' AS new_role, c.at
FROM rollcall.member_changes c JOIN rollcall.current_groups g USING (source, group_id)
WHERE c.source = $1 AND c.kind = 'role' ORDER BY c.at DESC, c.id DESC LIMIT $2;
