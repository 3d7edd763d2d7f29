-- Writes the stays of the file. The changes of one stay have ids in the order in which they happened.
-- Params: $1 source number, $2 name of the file, $3 digest
WITH file AS (
  INSERT INTO rollcall.import_file (source_no, name, digest, snapshots, rows, stays, first_at, last_at)
  SELECT $1, $2, $3, count(*), (SELECT count(*) FROM import_row WHERE account_id <> ''), (SELECT count(*) FROM import_stay), min(taken_at),
    max(taken_at) FROM import_snapshot
  RETURNING import_no
), steps AS MATERIALIZED (
  SELECT nextval('rollcall.change_id') AS id, o.* FROM (
    SELECT group_id, account_id, stay, 0 AS rank, NULL::timestamptz AS at, NULL AS kind FROM import_stay
    UNION ALL SELECT group_id, account_id, stay, 1, at, kind FROM import_edit
    UNION ALL SELECT group_id, account_id, stay, 2, NULL, NULL FROM import_stay
    ORDER BY group_id, account_id, stay, rank, at, kind
  ) o
), of_group AS (
  INSERT INTO rollcall.imported_group (source_no, group_id, import_no, snapshots, first_at, last_at)
  SELECT $1, s.group_id, f.import_no, count(*), min(s.taken_at), max(s.taken_at) FROM import_snapshot s, file f GROUP BY 2, 3
), of_edit AS (
  INSERT INTO rollcall.imported_edit (id, source_no, import_no, kind, at, not_before, group_id, account_id, old, new)
  SELECT i.id, $1, f.import_no, e.kind::rollcall.edit_kind, e.at, e.not_before, e.group_id, e.account_id, e.old, e.new
  FROM import_edit e JOIN steps i USING (group_id, account_id, stay, at, kind), file f
), of_stay AS (
  INSERT INTO rollcall.imported_stay (start_at, start_not_before, end_at, seen_at, join_id, left_id, source_no, import_no, role, edited,
    group_id, account_id, name_card, joined_at)
  SELECT s.start_at, s.start_not_before, s.end_at, s.seen_at, j.id, l.id, $1, f.import_no, s.role::rollcall.member_role, s.edited,
    s.group_id, s.account_id, s.name_card, s.joined_at
  FROM import_stay s
  JOIN steps j ON j.group_id = s.group_id AND j.account_id = s.account_id AND j.stay = s.stay AND j.rank = 0
  JOIN steps l ON l.group_id = s.group_id AND l.account_id = s.account_id AND l.stay = s.stay AND l.rank = 2, file f
)
SELECT import_no FROM file;
