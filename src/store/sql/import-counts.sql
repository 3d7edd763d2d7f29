-- What the file holds.
SELECT (SELECT count(*) FROM import_snapshot)::integer AS snapshots, (SELECT count(DISTINCT group_id) FROM import_snapshot)::integer AS groups,
  (SELECT count(*) FROM import_row WHERE account_id <> '') AS rows, (SELECT count(*) FROM import_stay) AS stays,
  (SELECT count(*) FROM import_edit) AS edits, (SELECT min(taken_at) FROM import_snapshot) AS first_at,
  (SELECT max(taken_at) FROM import_snapshot) AS last_at;
