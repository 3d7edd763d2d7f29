-- Adds the finished runs of a source that its facts do not hold yet.
-- Params: $1 source number
SELECT rollcall.refresh_facts($1) AS run_no;
