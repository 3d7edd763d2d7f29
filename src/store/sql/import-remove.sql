-- Takes an import back, with all that it brought.
-- Params: $1 source, $2 id
DELETE FROM rollcall.import_file f USING rollcall.source s
WHERE s.source_no = f.source_no AND s.name = $1 AND f.import_no = $2 RETURNING f.name, f.stays;
