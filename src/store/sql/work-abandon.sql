-- Closes the run of a whole source that no worker looks after any more: the watch of any worker would have touched it.
-- Params: $1 source, $2 ms without a touch
WITH gone AS (
  DELETE FROM rollcall.run_work w USING rollcall.source s
  WHERE s.name = $1 AND w.source_no = s.source_no AND w.whole
    AND w.poked_at < clock_timestamp() - $2 * interval '1 millisecond'
    AND NOT EXISTS (SELECT FROM rollcall.run_part p
      WHERE p.run_no = w.run_no AND p.poked_at >= clock_timestamp() - $2 * interval '1 millisecond')
  RETURNING w.run_no
), closed AS (
  UPDATE rollcall.run r SET finished_at = clock_timestamp(), verdict = 'failed', reason = 'no worker was left to go on with it'
  FROM gone WHERE r.run_no = gone.run_no
)
UPDATE rollcall.ask a SET ended_at = clock_timestamp() FROM gone WHERE a.run_no = gone.run_no AND a.ended_at IS NULL;
