-- The ask for the whole of a source that waits for the end of a run; asks for groups and accounts wait for none.
-- Params: $1 source number
SELECT ask_no, urgent FROM rollcall.ask WHERE source_no = $1 AND scope = 'all' AND run_no IS NULL AND ended_at IS NULL;
