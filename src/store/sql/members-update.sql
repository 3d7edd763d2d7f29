-- Brings rows of the roll up to date.
-- Params: $1 group numbers, $2 accounts, $3 roles, $4 name cards, $5 mutes, $6 join times, $7 last messages,
--   $8 attributes, $9 live fields, $10 fingerprints, $11 live fingerprints, $12 whether history was written
UPDATE rollcall.member m SET role = u.role::rollcall.member_role, name_card = u.name_card, muted_until = u.muted_until,
  joined_at = u.joined_at, last_spoke_at = u.last_spoke_at, attributes = u.attributes::jsonb, live = u.live::jsonb,
  print = u.print, live_print = u.live_print, edited = m.edited OR u.edited
FROM unnest($1::integer[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::timestamptz[],
  $8::text[], $9::text[], $10::bigint[], $11::integer[], $12::boolean[])
  AS u (group_no, account_id, role, name_card, muted_until, joined_at, last_spoke_at, attributes, live, print, live_print, edited)
WHERE m.group_no = u.group_no AND m.account_id = u.account_id;
