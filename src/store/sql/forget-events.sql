-- Changes of groups that show an account as the owner.
-- Params: $1 source number, $2 account, $3 pseudonym
UPDATE rollcall.group_event e SET
  old = CASE WHEN e.old ->> 'owner_id' = $2 THEN jsonb_set(e.old, '{owner_id}', to_jsonb($3::text)) ELSE e.old END,
  new = CASE WHEN e.new ->> 'owner_id' = $2 THEN jsonb_set(e.new, '{owner_id}', to_jsonb($3::text)) ELSE e.new END
FROM rollcall.chat_group g
WHERE g.group_no = e.group_no AND g.source_no = $1 AND $2 IN (e.old ->> 'owner_id', e.new ->> 'owner_id');
