-- The vendor said "too fast": the endpoint is closed for a while and its rate halved. Of calls refused together, one counts.
-- Params: $1 source, $2 endpoint, $3 ms
INSERT INTO rollcall.limit_row AS r (source, endpoint, factor, slowed_ms, closed_ms)
SELECT $1, $2, 0.5, c.now_ms, c.now_ms + $3::double precision FROM rollcall.limit_now() c (now_ms)
ON CONFLICT (source, endpoint) DO UPDATE SET (factor, slowed_ms, closed_ms) = (
  SELECT CASE WHEN c.now_ms >= r.closed_ms THEN greatest(0.0625, rollcall.limit_factor(r.factor, r.slowed_ms, c.now_ms) / 2)
      ELSE r.factor END,
    CASE WHEN c.now_ms >= r.closed_ms THEN c.now_ms ELSE r.slowed_ms END,
    greatest(r.closed_ms, c.now_ms + $3::double precision)
  FROM rollcall.limit_now() c (now_ms)
);
