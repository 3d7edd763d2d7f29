-- Full rows of some members. Whole rolls are another statement: an OR here would compare each pair with the whole group.
-- Params: $1 group numbers, $2 accounts (pairs)
SELECT m.group_no, m.account_id, m.role::text AS role, m.name_card, m.muted_until::text AS muted_until, m.joined_at,
  m.last_spoke_at, m.attributes, m.live, m.start_at, m.first_seen_at, m.unseen_from
FROM unnest($1::integer[], $2::text[]) AS w (group_no, account_id)
JOIN rollcall.member m ON m.group_no = w.group_no AND m.account_id = w.account_id;
