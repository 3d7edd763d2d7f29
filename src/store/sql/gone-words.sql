-- The groups of a run that the vendor says are gone, once all else is read.
-- Params: $1 run
SELECT s.name AS source, w.source_no, d.group_id, d.began_at, d.ended_at, d.reason
FROM rollcall.gone_waiting d
JOIN rollcall.run_work w USING (run_no)
JOIN rollcall.source s USING (source_no)
WHERE d.run_no = $1 AND w.stopped IS NULL
  AND NOT EXISTS (SELECT FROM rollcall.run_part p WHERE p.run_no = w.run_no AND NOT p.done)
ORDER BY d.group_id;
