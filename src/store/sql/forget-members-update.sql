-- Rows of the roll as they are kept without an account's name.
-- Params: $1 group numbers, $2 accounts, $3 accounts as they are kept, $4 name cards, $5 attributes, $6 live fields,
--   $7 fingerprints, $8 live fingerprints
UPDATE rollcall.member m SET account_id = u.kept, name_card = u.name_card, attributes = u.attributes::jsonb,
  live = u.live::jsonb, print = u.print, live_print = u.live_print
FROM unnest($1::integer[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::integer[])
  AS u (group_no, account_id, kept, name_card, attributes, live, print, live_print)
WHERE m.group_no = u.group_no AND m.account_id = u.account_id;
