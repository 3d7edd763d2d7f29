-- History of fields that changed during a stay.
-- Params: $1 run number, $2 group numbers, $3 accounts, $4 kinds, $5 moments, $6 when the last read with the old value began,
--   $7 old, $8 new
INSERT INTO rollcall.member_edit (group_no, run_no, account_id, kind, at, not_before, old, new)
SELECT e.group_no, $1, e.account_id, e.kind::rollcall.edit_kind, e.at, coalesce(m.unseen_from, e.not_before, m.first_seen_at),
  e.old::jsonb, e.new::jsonb
FROM unnest($2::integer[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::text[], $8::text[])
  WITH ORDINALITY AS e (group_no, account_id, kind, at, not_before, old, new, place)
JOIN rollcall.member m ON m.group_no = e.group_no AND m.account_id = e.account_id
ORDER BY e.place;
