-- Every recorded leave of a source with its bounds.
-- Params: $1 source
SELECT group_id, account_id, not_before, not_after FROM rollcall.member_changes WHERE source = $1 AND kind = 'left' ORDER BY at, id;
