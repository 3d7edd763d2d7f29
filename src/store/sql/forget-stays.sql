-- The closed stays of an account.
-- Params: $1 source number, $2 account, $3 pseudonym
UPDATE rollcall.stay t SET account_id = $3, name_card = NULL, attributes = NULL
FROM rollcall.chat_group g WHERE g.group_no = t.group_no AND g.source_no = $1 AND t.account_id = $2;
