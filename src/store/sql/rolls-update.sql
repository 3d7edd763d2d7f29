-- What a read has established about rolls that changed.
-- Params: $1 group numbers, $2 rows, $3 fingerprints, $4 live fingerprints, $5 unseen rows, $6 began, $7 ended, $8 complete?,
--   $9 fingerprints of the details, $10 run
UPDATE rollcall.roll_state r SET version = r.version + 1, rows = u.rows, print = u.print, live_print = u.live_print,
  unseen = u.unseen, read_run = $10, read_began_at = u.began_at, read_ended_at = u.ended_at,
  first_complete_at = CASE WHEN u.complete THEN coalesce(r.first_complete_at, u.ended_at) ELSE r.first_complete_at END,
  complete_began_at = CASE WHEN u.complete THEN u.began_at ELSE r.complete_began_at END,
  complete_ended_at = CASE WHEN u.complete THEN u.ended_at ELSE r.complete_ended_at END,
  walked_print = CASE WHEN u.complete THEN u.walked_print ELSE r.walked_print END
FROM unnest($1::integer[], $2::integer[], $3::bigint[], $4::integer[], $5::integer[], $6::timestamptz[], $7::timestamptz[],
  $8::boolean[], $9::bigint[]) AS u (group_no, rows, print, live_print, unseen, began_at, ended_at, complete, walked_print)
WHERE r.group_no = u.group_no;
