-- The sources whose retention is to go on: never begun, not ended, or ended longer ago than a day.
-- Params: $1 names of sources
SELECT s.name FROM rollcall.source s LEFT JOIN rollcall.retention k USING (source_no)
WHERE s.name = ANY ($1::text[]) AND coalesce(k.ended_at < clock_timestamp() - interval '24 hours', true)
ORDER BY s.source_no;
