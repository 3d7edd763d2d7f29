-- The next free place of a row, and whether it is near enough to be taken. A place far behind the last moment that anything
-- is closed is left over from a clock that was set back. Before, places behind a door shut for more than ten minutes
-- counted as such, and so did those of a rate so low that one step is as long: all of them were the same place.
CREATE OR REPLACE FUNCTION rollcall.limit_place(free_ms double precision, factor double precision, slowed_ms double precision,
  closed_ms double precision, door_ms double precision, step_ms double precision, horizon_ms double precision,
  OUT next_ms double precision, OUT wait_ms double precision, OUT taken boolean)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  now_ms double precision := extract(epoch FROM clock_timestamp())::double precision * 1000;
  gap_ms double precision := step_ms / rollcall.limit_factor(factor, slowed_ms, now_ms);
  open_ms double precision := greatest(now_ms, closed_ms, door_ms);
  place_ms double precision;
BEGIN
  place_ms := greatest(open_ms, CASE WHEN free_ms > open_ms + 600000 + gap_ms THEN now_ms ELSE free_ms END);
  wait_ms := place_ms - now_ms;
  taken := wait_ms <= horizon_ms;
  next_ms := CASE WHEN taken THEN place_ms + gap_ms ELSE free_ms END;
END $$;
