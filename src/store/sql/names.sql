-- Under which names the accounts of a source are kept.
-- Params: $1 source number
SELECT s.forgets, s.pseudonymous AS everybody,
  EXISTS (SELECT FROM rollcall.chat_group g WHERE g.source_no = s.source_no)
    OR EXISTS (SELECT FROM rollcall.imported_group g WHERE g.source_no = s.source_no) AS has_groups,
  ARRAY(SELECT f.pseudonym FROM rollcall.forgotten f WHERE f.source_no = s.source_no) AS forgotten,
  (SELECT k.hash FROM rollcall.pseudonym_key k) AS key_hash
FROM rollcall.source s WHERE s.source_no = $1;
