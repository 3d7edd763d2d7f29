-- Pages of walks under way: which of them name an account, and what a vendor's cursor holds, nobody can say. The walks begin anew.
-- Params: $1 source number
DELETE FROM rollcall.walk_page p USING rollcall.run_work w WHERE w.run_no = p.run_no AND w.source_no = $1;
