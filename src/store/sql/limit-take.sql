-- Takes the next free place of an endpoint where it is near enough. The row stays locked from the look at the clock on.
-- Params: $1 source, $2 endpoint, $3 ms from one place to the next at the full rate, $4 how many ms ahead are near
INSERT INTO rollcall.limit_row AS r (source, endpoint, next_ms, wait_ms, taken)
SELECT $1, $2, p.next_ms, p.wait_ms, p.taken
FROM rollcall.limit_place(0, 1, 0, 0, rollcall.limit_door($1), $3, $4) p
ON CONFLICT (source, endpoint) DO UPDATE SET (next_ms, wait_ms, taken) = (
  SELECT p.next_ms, p.wait_ms, p.taken
  FROM rollcall.limit_place(r.next_ms, r.factor, r.slowed_ms, r.closed_ms, rollcall.limit_door(r.source), $3, $4) p
)
RETURNING taken, wait_ms;
