-- Gives a row only to the newest attempt at a part, and keeps newer ones out until the transaction ends. Whoever writes
-- is alive: nobody need queue the part anew, nor close its run.
-- Params: $1 run, $2 part, $3 token, $4 calls so far, $5 how often too fast so far
UPDATE rollcall.run_part SET calls = $4::jsonb, rate_limited = $5, poked_at = clock_timestamp()
WHERE run_no = $1 AND part_no = $2 AND token = $3 AND NOT done RETURNING true AS held;
