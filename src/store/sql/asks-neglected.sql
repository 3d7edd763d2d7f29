-- Asks that wait although nothing holds them up, or that were interrupted before their run was begun.
-- Params: $1 ms since a job was last queued for them
UPDATE rollcall.ask a SET poked_at = clock_timestamp()
WHERE a.run_no IS NULL AND a.ended_at IS NULL AND a.poked_at < clock_timestamp() - $1 * interval '1 millisecond'
  AND NOT (a.scope = 'all' AND EXISTS (SELECT FROM rollcall.run_work w WHERE w.source_no = a.source_no AND w.whole))
RETURNING a.ask_no, a.urgent;
