-- Keeps no account of a source by its own name from now on; not where groups of it were read or imported before.
-- Params: $1 source number
UPDATE rollcall.source s SET pseudonymous = true
WHERE source_no = $1 AND (s.pseudonymous OR NOT EXISTS (
  SELECT FROM rollcall.chat_group g WHERE g.source_no = s.source_no
  UNION ALL SELECT FROM rollcall.imported_group g WHERE g.source_no = s.source_no))
RETURNING true AS begun;
