-- The vendor shut the door: the row without an endpoint closes every endpoint of the source.
-- Params: $1 source, $2 ms
INSERT INTO rollcall.limit_row AS r (source, endpoint, closed_ms)
SELECT $1, '', c.now_ms + $2::double precision FROM rollcall.limit_now() c (now_ms)
ON CONFLICT (source, endpoint) DO UPDATE SET closed_ms = greatest(r.closed_ms, excluded.closed_ms);
