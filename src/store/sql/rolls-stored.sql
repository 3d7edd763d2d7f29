-- Full rows of whole rolls.
-- Params: $1 group numbers
SELECT m.group_no, m.account_id, m.role::text AS role, m.name_card, m.muted_until::text AS muted_until, m.joined_at,
  m.last_spoke_at, m.attributes, m.live, m.start_at, m.first_seen_at, m.unseen_from
FROM rollcall.member m WHERE m.group_no = ANY ($1::integer[]);
