-- Opens a run that workers share and gives it to its ask; gives nothing where a whole run is open or the ask has its run.
-- Params: $1 source number, $2 trigger, $3 started, $4 whole?, $5 urgent?, $6 ask
WITH free AS (
  SELECT FROM rollcall.ask a WHERE a.ask_no = $6 AND a.run_no IS NULL AND a.ended_at IS NULL
    AND NOT ($4::boolean AND EXISTS (SELECT FROM rollcall.run_work w WHERE w.source_no = $1 AND w.whole))
  FOR UPDATE
), run AS (
  INSERT INTO rollcall.run (source_no, trigger, started_at) SELECT $1, $2, $3::timestamptz FROM free RETURNING run_no
), work AS (
  INSERT INTO rollcall.run_work (run_no, source_no, whole, urgent) SELECT run_no, $1, $4, $5 FROM run RETURNING run_no
)
UPDATE rollcall.ask SET run_no = work.run_no FROM work WHERE ask_no = $6 RETURNING work.run_no;
