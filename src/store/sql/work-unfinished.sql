-- Runs whose work has ended and whom nobody has finished.
-- Params: $1 ms since a job was last queued for that
UPDATE rollcall.run_work w SET poked_at = clock_timestamp()
WHERE w.poked_at < clock_timestamp() - $1 * interval '1 millisecond'
  AND (w.stopped IS NOT NULL OR NOT EXISTS (SELECT FROM rollcall.run_part p WHERE p.run_no = w.run_no AND NOT p.done))
RETURNING w.run_no, w.urgent;
