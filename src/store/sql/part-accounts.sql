-- The accounts of a part whose lists are still to be read.
-- Params: $1 run, $2 part
SELECT account_id FROM rollcall.run_account WHERE run_no = $1 AND part_no = $2 AND NOT done ORDER BY account_id;
