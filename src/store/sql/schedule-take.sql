-- Takes a tick of a schedule: the first who comes with it has it, nobody a second time, and none older than the last. A
-- last tick that lies too far ahead was taken by a clock that was wrong, and is none.
-- Params: $1 source, $2 the tick, $3 too far ahead
UPDATE rollcall.schedule SET tick_at = $2 WHERE source = $1 AND (tick_at IS NULL OR tick_at < $2 OR tick_at > $3) RETURNING true AS taken;
