-- Takes a tick of a schedule: the first who comes with it has it, nobody a second time, and none older than the last.
-- Params: $1 source, $2 the tick
UPDATE rollcall.schedule SET tick_at = $2 WHERE source = $1 AND (tick_at IS NULL OR tick_at < $2) RETURNING true AS taken;
