-- Closed stays of other members, where a field names an account.
-- Params: $1 source number, $2 account, $3 pseudonym, $4 key
UPDATE rollcall.stay t SET attributes = jsonb_set(t.attributes, ARRAY[$4], to_jsonb($3::text))
FROM rollcall.chat_group g WHERE g.group_no = t.group_no AND g.source_no = $1 AND t.attributes ->> $4 = $2;
