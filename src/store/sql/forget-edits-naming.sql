-- The history of other members' fields, where a field names an account.
-- Params: $1 source number, $2 account, $3 pseudonym, $4 key
UPDATE rollcall.member_edit e SET
  old = CASE WHEN e.old -> 'attributes' ->> $4 = $2 THEN jsonb_set(e.old, ARRAY['attributes', $4], to_jsonb($3::text)) ELSE e.old END,
  new = CASE WHEN e.new -> 'attributes' ->> $4 = $2 THEN jsonb_set(e.new, ARRAY['attributes', $4], to_jsonb($3::text)) ELSE e.new END
FROM rollcall.chat_group g
WHERE g.group_no = e.group_no AND g.source_no = $1 AND e.kind = 'attributes'
  AND $2 IN (e.old -> 'attributes' ->> $4, e.new -> 'attributes' ->> $4);
