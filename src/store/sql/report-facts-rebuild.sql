-- Makes the facts of sources anew from their history.
-- Params: $1 names of sources, none for all
SELECT s.name, rollcall.rebuild_facts(s.source_no) FROM rollcall.source s
WHERE cardinality($1::text[]) = 0 OR s.name = ANY ($1::text[]) ORDER BY s.name;
