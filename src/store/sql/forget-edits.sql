-- The history of an account's fields: that they changed stays, what was in name cards and attributes does not.
-- Params: $1 source number, $2 account, $3 pseudonym
UPDATE rollcall.member_edit e SET account_id = $3,
  old = CASE e.kind WHEN 'name_card' THEN '{"name_card": null}' WHEN 'attributes' THEN '{"attributes": null}' ELSE e.old END,
  new = CASE e.kind WHEN 'name_card' THEN '{"name_card": null}' WHEN 'attributes' THEN '{"attributes": null}' ELSE e.new END
FROM (
  SELECT m.group_no FROM rollcall.member m WHERE m.account_id = $2
  UNION SELECT t.group_no FROM rollcall.stay t WHERE t.account_id = $2
) h JOIN rollcall.chat_group g USING (group_no)
WHERE g.source_no = $1 AND e.group_no = h.group_no AND e.account_id = $2;
