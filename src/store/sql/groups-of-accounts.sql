-- The groups in which accounts are now.
-- Params: $1 source number, $2 accounts
SELECT DISTINCT g.group_id FROM rollcall.member m JOIN rollcall.chat_group g USING (group_no)
WHERE g.source_no = $1 AND m.account_id = ANY ($2::text[]);
