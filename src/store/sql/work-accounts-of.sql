-- The groups in which accounts are now belong into a run about these accounts.
-- Params: $1 run, $2 source number, $3 accounts
INSERT INTO rollcall.run_group (run_no, group_id, type, member_count, known)
SELECT DISTINCT $1::integer, g.group_id, g.type, g.member_count, true
FROM rollcall.member m JOIN rollcall.chat_group g USING (group_no)
WHERE g.source_no = $2 AND m.account_id = ANY ($3::text[])
ON CONFLICT DO NOTHING;
