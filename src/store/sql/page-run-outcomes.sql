-- How many groups of a run came to which end.
-- Params: $1 run
SELECT outcome::text AS outcome, count(*)::integer AS groups FROM rollcall.group_read WHERE run_no = $1 GROUP BY 1;
