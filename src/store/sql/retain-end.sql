-- Ends a pass of retention.
-- Params: $1 source number
UPDATE rollcall.retention SET ended_at = clock_timestamp() WHERE source_no = $1;
