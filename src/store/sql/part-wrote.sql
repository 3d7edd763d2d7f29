-- What came of some groups of a run.
-- Params: $1 run, $2 results as a JSON array
UPDATE rollcall.run_group g SET done = true, outcome = r.outcome, rows_read = r.rows_read, joined = r.joined,
  "left" = r."left", changed = r.changed, unchanged = r.unchanged, problem = r.problem
FROM jsonb_to_recordset($2::jsonb) AS r (group_id text, outcome text, rows_read integer, joined integer, "left" integer,
  changed integer, unchanged boolean, problem text)
WHERE g.run_no = $1 AND g.group_id = r.group_id;
