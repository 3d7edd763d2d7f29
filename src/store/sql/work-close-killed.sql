-- Closes runs of a source whose process was killed. The source's lock is held, and shared runs are none of them.
-- Params: $1 source number, $2 now
UPDATE rollcall.run r SET finished_at = $2, verdict = 'failed', reason = 'the process ended before the run did'
WHERE r.source_no = $1 AND r.finished_at IS NULL AND NOT EXISTS (SELECT FROM rollcall.run_work w WHERE w.run_no = r.run_no);
