-- Reads that found everything as it was: one narrow row a group, and only where nothing was written meanwhile.
-- Params: $1 group numbers, $2 versions, $3 began, $4 ended, $5 complete?
UPDATE rollcall.roll_state r SET read_began_at = u.began_at, read_ended_at = u.ended_at,
  first_complete_at = CASE WHEN u.complete THEN coalesce(r.first_complete_at, u.ended_at) ELSE r.first_complete_at END,
  complete_began_at = CASE WHEN u.complete THEN u.began_at ELSE r.complete_began_at END,
  complete_ended_at = CASE WHEN u.complete THEN u.ended_at ELSE r.complete_ended_at END
FROM unnest($1::integer[], $2::integer[], $3::timestamptz[], $4::timestamptz[], $5::boolean[])
  AS u (group_no, version, began_at, ended_at, complete)
WHERE r.group_no = u.group_no AND r.version = u.version AND (r.read_ended_at IS NULL OR r.read_ended_at <= u.began_at)
RETURNING r.group_no;
