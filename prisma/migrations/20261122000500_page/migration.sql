-- What the web page asks beyond the views: the change feed by run, newest first, without sorting the whole history.

-- Edits and group events come in the order of their runs: a few pages of index say where those of a run lie.
CREATE INDEX member_edit_run_no_idx ON rollcall.member_edit USING brin (run_no) WITH (pages_per_range = 32);
CREATE INDEX group_event_run_no_idx ON rollcall.group_event USING brin (run_no) WITH (pages_per_range = 32);

-- Every change with what its old and new are made of. Made only for the rows that are shown: see shown_change.
-- about: 0 a member, 1 the group itself (whose ids are a sequence of their own).
CREATE VIEW rollcall.change_row AS
SELECT m.join_id AS id, 0 AS about, m.group_no, m.account_id, 'joined'::text AS kind, m.start_at AS at,
  m.start_not_before AS not_before, m.first_seen_at AS not_after, m.start_run AS run_no, m.role, m.name_card, m.muted_until,
  m.attributes, m.edited, m.join_id, NULL::bigint AS left_id, NULL::jsonb AS old, NULL::jsonb AS new
FROM rollcall.member m
UNION ALL
SELECT t.join_id, 0, t.group_no, t.account_id, 'joined', t.start_at, t.start_not_before, t.first_seen_at, t.start_run, t.role,
  t.name_card, t.muted_until, t.attributes, t.edited, t.join_id, t.left_id, NULL, NULL
FROM rollcall.stay t
UNION ALL
SELECT t.left_id, 0, t.group_no, t.account_id, 'left', t.end_at, t.end_not_before, t.end_at, t.end_run, t.role,
  t.name_card, t.muted_until, t.attributes, t.edited, t.join_id, t.left_id, NULL, NULL
FROM rollcall.stay t
UNION ALL
SELECT e.id, 0, e.group_no, e.account_id, e.kind::text, e.at, e.not_before, e.at, e.run_no, NULL, NULL, NULL, NULL, false,
  NULL, NULL, e.old, e.new
FROM rollcall.member_edit e
UNION ALL
SELECT v.id, 1, v.group_no, NULL, v.kind, v.at, v.not_before, v.at, v.run_no, NULL, NULL, NULL, NULL, false, NULL, NULL, v.old, v.new
FROM rollcall.group_event v;

SELECT rollcall.grant_reader();
