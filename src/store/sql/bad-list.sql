-- The records of a source that could not be understood, newest first.
-- Params: $1 source, $2 how many
SELECT b.group_id, b.account_id, b.field, b.reason, b.at, count(*) OVER ()::integer AS total
FROM rollcall.bad_record b
JOIN rollcall.run r USING (run_no)
JOIN rollcall.source s USING (source_no)
WHERE s.name = $1
ORDER BY b.at DESC, b.id DESC LIMIT $2;
