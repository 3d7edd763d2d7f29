-- The groups of a part that are still to be read.
-- Params: $1 run, $2 part
SELECT group_id, type, member_count, known, self FROM rollcall.run_group WHERE run_no = $1 AND part_no = $2 AND NOT done
ORDER BY group_id;
