-- The rows of some rolls that are of an account or name it.
-- Params: $1 group numbers, $2 account, $3 keys of attributes that hold an account
SELECT m.group_no, m.account_id, m.role::text AS role, m.name_card, m.muted_until::text AS muted_until, m.joined_at,
  m.last_spoke_at, m.attributes, m.live, m.start_at, m.first_seen_at, m.unseen_from, m.print, m.live_print
FROM rollcall.member m
WHERE m.group_no = ANY ($1::integer[]) AND (m.account_id = $2
  OR EXISTS (SELECT FROM unnest($3::text[]) AS k (key) WHERE m.attributes ->> k.key = $2));
