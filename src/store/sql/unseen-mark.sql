-- Marks members whom a complete read did not list and nobody confirmed as gone: they stay.
-- Params: $1 group numbers, $2 accounts, $3 when the last complete read with them began
UPDATE rollcall.member m SET unseen_from = coalesce(u.last_with, m.first_seen_at)
FROM unnest($1::integer[], $2::text[], $3::timestamptz[]) AS u (group_no, account_id, last_with)
WHERE m.group_no = u.group_no AND m.account_id = u.account_id AND m.unseen_from IS NULL;
