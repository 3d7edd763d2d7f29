-- Writes down an ask. One that waits already is the same one, asked for anew: what answers it must begin from now on.
-- Params: $1 source number, $2 trigger, $3 scope, $4 urgent?
INSERT INTO rollcall.ask AS a (source_no, trigger, scope, urgent) VALUES ($1, $2, $3, $4)
ON CONFLICT (source_no, md5(scope)) WHERE run_no IS NULL AND ended_at IS NULL
DO UPDATE SET asked_at = clock_timestamp(), poked_at = clock_timestamp(), urgent = a.urgent OR excluded.urgent,
  trigger = CASE WHEN a.trigger = 'schedule' THEN excluded.trigger ELSE a.trigger END
RETURNING ask_no;
