-- The import of this very file.
-- Params: $1 source number, $2 digest
SELECT import_no FROM rollcall.import_file WHERE source_no = $1 AND digest = $2;
