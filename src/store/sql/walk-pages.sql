-- The pages of a walk in order.
-- Params: $1 run, $2 group, $3 the earliest beginning of a walk to go on with
SELECT began_at, event FROM rollcall.walk_page
WHERE run_no = $1 AND group_id = $2 AND began_at >= $3 ORDER BY page_no;
