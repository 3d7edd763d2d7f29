-- Groups whose owner is kept under another name.
-- Params: $1 pseudonym, $2 group numbers, $3 fingerprints
UPDATE rollcall.chat_group g SET owner_id = $1, print = u.print
FROM unnest($2::integer[], $3::bigint[]) AS u (group_no, print) WHERE g.group_no = u.group_no;
