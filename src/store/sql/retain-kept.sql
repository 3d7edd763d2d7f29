-- Where the kept history of sources begins; those of which all is kept are left out.
-- Params: $1 source (null for all)
SELECT s.name, k.history_from FROM rollcall.retention k JOIN rollcall.source s USING (source_no)
WHERE ($1::text IS NULL OR s.name = $1) AND k.history_from IS NOT NULL ORDER BY s.source_no;
