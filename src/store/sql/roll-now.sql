-- The whole roll of a source now, for comparison with another truth.
-- Params: $1 source
SELECT group_id, account_id, role FROM rollcall.current_members WHERE source = $1;
