-- As before, with the last run that a row knows of: no change of a closed stay is of a later run than the one that closed it, so
-- that the join of a stay, too, is found by where the stays of some runs lie.
CREATE OR REPLACE VIEW rollcall.change_row AS
SELECT m.join_id AS id, 0 AS about, m.group_no, m.account_id, 'joined'::text AS kind, m.start_at AS at,
  m.start_not_before AS not_before, m.first_seen_at AS not_after, m.start_run AS run_no, m.role, m.name_card, m.muted_until,
  m.attributes, m.edited, m.join_id, NULL::bigint AS left_id, NULL::jsonb AS old, NULL::jsonb AS new, m.start_run AS last_run
FROM rollcall.member m
UNION ALL
SELECT t.join_id, 0, t.group_no, t.account_id, 'joined', t.start_at, t.start_not_before, t.first_seen_at, t.start_run, t.role,
  t.name_card, t.muted_until, t.attributes, t.edited, t.join_id, t.left_id, NULL, NULL, t.end_run
FROM rollcall.stay t
UNION ALL
SELECT t.left_id, 0, t.group_no, t.account_id, 'left', t.end_at, t.end_not_before, t.end_at, t.end_run, t.role,
  t.name_card, t.muted_until, t.attributes, t.edited, t.join_id, t.left_id, NULL, NULL, t.end_run
FROM rollcall.stay t
UNION ALL
SELECT e.id, 0, e.group_no, e.account_id, e.kind::text, e.at, e.not_before, e.at, e.run_no, NULL, NULL, NULL, NULL, false,
  NULL, NULL, e.old, e.new, e.run_no
FROM rollcall.member_edit e
UNION ALL
SELECT v.id, 1, v.group_no, NULL, v.kind, v.at, v.not_before, v.at, v.run_no, NULL, NULL, NULL, NULL, false, NULL, NULL, v.old, v.new, v.run_no
FROM rollcall.group_event v;
