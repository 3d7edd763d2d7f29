-- The sources with groups to look at whom nobody took along in time.
-- Params: $1 ms
SELECT DISTINCT s.name, s.source_no FROM rollcall.hint h JOIN rollcall.source s USING (source_no)
WHERE h.hinted_at < clock_timestamp() - $1 * interval '1 millisecond';
