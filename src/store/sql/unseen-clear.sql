-- A complete read has seen these groups' members again, all but those still unseen.
-- Params: $1 group numbers, $2 and $3 the groups and accounts still unseen
UPDATE rollcall.member m SET unseen_from = NULL
WHERE m.group_no = ANY ($1::integer[]) AND m.unseen_from IS NOT NULL
  AND NOT EXISTS (
    SELECT FROM unnest($2::integer[], $3::text[]) AS u (group_no, account_id)
    WHERE u.group_no = m.group_no AND u.account_id = m.account_id
  );
