-- The asks of a source that wait.
-- Params: $1 source number
SELECT ask_no, urgent FROM rollcall.ask WHERE source_no = $1 AND run_no IS NULL AND ended_at IS NULL ORDER BY ask_no;
