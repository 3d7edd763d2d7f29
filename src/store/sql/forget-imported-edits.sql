-- What imported snapshots show of an account's fields: that a name card changed stays, what was in it does not.
-- Params: $1 source number, $2 account, $3 pseudonym
UPDATE rollcall.imported_edit e SET account_id = $3,
  old = CASE e.kind WHEN 'name_card' THEN '{"name_card": null}' ELSE e.old END,
  new = CASE e.kind WHEN 'name_card' THEN '{"name_card": null}' ELSE e.new END
FROM (SELECT DISTINCT i.group_id FROM rollcall.imported_stay i WHERE i.source_no = $1 AND i.account_id IN ($2, $3)) h
WHERE e.source_no = $1 AND e.group_id = h.group_id AND e.account_id = $2;
