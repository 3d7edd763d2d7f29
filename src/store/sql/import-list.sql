-- What was imported, oldest first.
-- Params: $1 source (null for all)
SELECT id, source, file, imported_at, first_at, last_at, snapshots, groups::integer AS groups, rows, stays FROM rollcall.imports
WHERE $1::text IS NULL OR source = $1 ORDER BY id;
