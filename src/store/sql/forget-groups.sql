-- The groups in which an account is now, which it owns, or in which a member's fields name it.
-- Params: $1 source number, $2 account, $3 keys of attributes that hold an account
SELECT g.group_no FROM rollcall.chat_group g
WHERE g.source_no = $1 AND (g.owner_id = $2
  OR EXISTS (SELECT FROM rollcall.member m WHERE m.group_no = g.group_no AND m.account_id = $2))
UNION
SELECT m.group_no FROM rollcall.member m JOIN rollcall.chat_group g USING (group_no)
WHERE g.source_no = $1 AND m.attributes ?| $3::text[]
  AND EXISTS (SELECT FROM unnest($3::text[]) AS k (key) WHERE m.attributes ->> k.key = $2)
ORDER BY 1;
