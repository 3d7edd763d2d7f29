-- Reads that found everything as it was: one narrow row a group, and only where nothing was written meanwhile.
-- Gives the groups of which that is true.
-- Params: $1 run, $2 group numbers in order, $3 versions, $4 began, $5 ended, $6 complete?,
--   $7 fingerprints of the details
SELECT t.group_no
FROM rollcall.touch_rolls($1, $2::integer[], $3::integer[], $4::timestamptz[], $5::timestamptz[], $6::boolean[],
  $7::bigint[]) AS t (group_no);
