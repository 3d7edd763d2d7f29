-- How many leaves of a source wait for a decision; a dissolved group without members counts as one.
-- Params: $1 source
SELECT coalesce(sum(greatest(1, (SELECT count(*) FROM rollcall.held_account a WHERE a.held_no = h.held_no))), 0)::integer AS held
FROM rollcall.held h JOIN rollcall.source s USING (source_no)
WHERE s.name = $1 AND h.rejected_at IS NULL;
