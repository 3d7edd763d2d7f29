-- The sums of rolls some of whose rows are kept under another name. Whatever was planned on what they were is refused.
-- Params: $1 group numbers, $2 fingerprints, $3 live fingerprints
UPDATE rollcall.roll_state r SET version = r.version + 1, print = u.print, live_print = u.live_print
FROM unnest($1::integer[], $2::bigint[], $3::integer[]) AS u (group_no, print, live_print) WHERE r.group_no = u.group_no;
