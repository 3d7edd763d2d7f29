-- Full rows of some members.
-- Params: $1 group numbers, $2 accounts (pairs), or $2 null for whole rolls
SELECT m.group_no, m.account_id, m.role::text AS role, m.name_card, m.muted_until::text AS muted_until, m.joined_at,
  m.last_spoke_at, m.attributes, m.live, m.start_at, m.first_seen_at, m.unseen_from
FROM rollcall.member m
JOIN unnest($1::integer[], $2::text[]) AS w (group_no, account_id)
  ON m.group_no = w.group_no AND (w.account_id IS NULL OR m.account_id = w.account_id);
