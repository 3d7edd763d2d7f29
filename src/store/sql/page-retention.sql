-- What retention has dropped of each source in all its time, and when its newest pass ended.
SELECT s.name AS source, k.ended_at, k.stays, k.edits, k.events, k.reads
FROM rollcall.retention k JOIN rollcall.source s USING (source_no) ORDER BY s.source_no;
