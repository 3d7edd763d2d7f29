-- The roll of a group at a moment: owner first, then admins, then by account.
-- Params: $1 source, $2 group, $3 moment
SELECT account_id, role, name_card, joined_at, proven FROM rollcall.members_at($1, $2, $3)
ORDER BY array_position(ARRAY['owner', 'admin', 'member'], role), account_id;
