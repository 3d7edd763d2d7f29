-- Begins a pass of retention: the mark is set before anything goes, and never moves back. No row where the source is not known.
-- Params: $1 source, $2 stays that ended before this moment go (null: none), $3 receipts from before it go (null: none)
INSERT INTO rollcall.retention AS k (source_no, history_from, reads_from)
SELECT s.source_no, $2, $3 FROM rollcall.source s WHERE s.name = $1
ON CONFLICT (source_no) DO UPDATE SET history_from = greatest(k.history_from, excluded.history_from),
  reads_from = greatest(k.reads_from, excluded.reads_from), began_at = clock_timestamp(), ended_at = NULL
RETURNING k.source_no;
