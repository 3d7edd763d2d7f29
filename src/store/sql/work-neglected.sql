-- Parts for which a job should stand in the queue and may not, e.g. because Redis was wiped.
-- Params: $1 ms since a job was last queued for them
UPDATE rollcall.run_part p SET poked_at = clock_timestamp() FROM rollcall.run_work w
WHERE w.run_no = p.run_no AND NOT p.done AND w.stopped IS NULL
  AND p.poked_at < clock_timestamp() - $1 * interval '1 millisecond'
RETURNING p.run_no, p.part_no, p.kind, w.urgent;
