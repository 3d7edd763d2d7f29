-- Ends an ask without a run of its own.
-- Params: $1 its number, $2 how it was answered, $3 the run that did
UPDATE rollcall.ask SET ended_at = clock_timestamp(), note = $2, run_no = coalesce(run_no, $3)
WHERE ask_no = $1 AND ended_at IS NULL;
