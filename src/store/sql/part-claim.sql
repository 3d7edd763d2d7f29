-- Begins an attempt at a part: whoever had it before may not write any more.
-- Params: $1 run, $2 part
UPDATE rollcall.run_part p SET token = p.token + 1, poked_at = clock_timestamp()
FROM rollcall.run_work w JOIN rollcall.source s USING (source_no)
WHERE p.run_no = $1 AND p.part_no = $2 AND NOT p.done AND w.run_no = p.run_no
RETURNING p.kind, p.token, p.calls, p.rate_limited, w.source_no, s.name AS source, w.whole, w.urgent, w.stopped;
