-- Notes for the verdict of a run.
-- Params: $1 run, $2 problems more, $3 sentences
UPDATE rollcall.run_work SET problems = problems + $2, notes = (notes || $3::text[])[1:21] WHERE run_no = $1;
