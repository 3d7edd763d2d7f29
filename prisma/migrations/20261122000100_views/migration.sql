-- The contract with users: names and meanings as documented; the tables behind are free to change.

CREATE VIEW rollcall.current_groups AS
SELECT s.name AS source, g.group_id, g.type, g.name, g.owner_id, g.member_count, g.max_members, g.mute_all, g.join_mode,
  g.created_at, nullif(coalesce(g.attributes, '{}') || coalesce(g.live, '{}'), '{}') AS attributes,
  g.first_seen_at, r.read_ended_at AS last_read_at,
  CASE WHEN NOT g.wanted THEN 'none' WHEN r.first_complete_at IS NOT NULL THEN 'full' WHEN r.rows > 0 THEN 'partial'
    ELSE 'none' END AS coverage,
  g.dissolved_at
FROM rollcall.chat_group g
JOIN rollcall.source s USING (source_no)
JOIN rollcall.roll_state r USING (group_no);

CREATE VIEW rollcall.current_members AS
SELECT s.name AS source, g.group_id, m.account_id, m.role::text AS role, m.name_card,
  CASE WHEN m.muted_until > now() THEN m.muted_until END AS muted_until,
  m.joined_at, m.last_spoke_at, nullif(coalesce(m.attributes, '{}') || coalesce(m.live, '{}'), '{}') AS attributes,
  m.first_seen_at,
  greatest(m.first_seen_at, coalesce(m.unseen_from, r.complete_ended_at)) AS last_seen_at
FROM rollcall.member m
JOIN rollcall.chat_group g USING (group_no)
JOIN rollcall.source s USING (source_no)
JOIN rollcall.roll_state r USING (group_no);

CREATE VIEW rollcall.membership_intervals AS
SELECT s.name AS source, g.group_id, i.account_id, i.start_not_before, i.start_at, i.end_at, i.end_not_before,
  i.end_run AS end_run_id, i.start_run AS start_run_id
FROM (
  SELECT group_no, account_id, start_not_before, start_at, NULL::timestamptz AS end_at,
    NULL::timestamptz AS end_not_before, NULL::integer AS end_run, start_run FROM rollcall.member
  UNION ALL
  SELECT group_no, account_id, start_not_before, start_at, end_at, end_not_before, end_run, start_run FROM rollcall.stay
) i
JOIN rollcall.chat_group g USING (group_no)
JOIN rollcall.source s USING (source_no);

-- A time as ISO text in UTC with milliseconds, "infinity" for ever.
CREATE FUNCTION rollcall.time_text(at timestamptz) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN at = 'infinity' THEN 'infinity'
    ELSE to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') END
$$;

-- The history fields of a member as a change shows them.
CREATE FUNCTION rollcall.shown_state(role rollcall.member_role, name_card text, muted_until timestamptz, attributes jsonb)
RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_build_object('role', role::text, 'name_card', name_card, 'muted_until', rollcall.time_text(muted_until),
    'attributes', attributes)
$$;

-- What a stay's history fields were when it began, or at a moment: the old side of the first edit after it, else today's.
CREATE FUNCTION rollcall.state_after(state jsonb, of_group integer, of_account text, after_id bigint, before_id bigint,
  after_time timestamptz)
RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT state || coalesce(jsonb_object_agg(f.key, f.value), '{}')
  FROM (
    SELECT DISTINCT ON (e.kind) e.old FROM rollcall.member_edit e
    WHERE e.group_no = of_group AND e.account_id = of_account AND e.id > after_id
      AND (before_id IS NULL OR e.id < before_id) AND e.at > after_time
    ORDER BY e.kind, e.id
  ) first_edit, jsonb_each(first_edit.old) f
$$;

CREATE VIEW rollcall.member_changes AS
SELECT c.id, s.name AS source, g.group_id, c.account_id, c.kind, c.at, c.not_before, c.not_after, c.old, c.new, c.run_id
FROM (
  SELECT join_id AS id, group_no, account_id, 'joined' AS kind, start_at AS at, start_not_before AS not_before,
    first_seen_at AS not_after, NULL::jsonb AS old,
    CASE WHEN edited
      THEN rollcall.state_after(rollcall.shown_state(role, name_card, muted_until, attributes), group_no, account_id, join_id, NULL, '-infinity')
      ELSE rollcall.shown_state(role, name_card, muted_until, attributes) END AS new,
    start_run AS run_id
  FROM rollcall.member
  UNION ALL
  SELECT join_id, group_no, account_id, 'joined', start_at, start_not_before, first_seen_at, NULL,
    CASE WHEN edited
      THEN rollcall.state_after(rollcall.shown_state(role, name_card, muted_until, attributes), group_no, account_id, join_id, left_id, '-infinity')
      ELSE rollcall.shown_state(role, name_card, muted_until, attributes) END,
    start_run
  FROM rollcall.stay
  UNION ALL
  SELECT left_id, group_no, account_id, 'left', end_at, end_not_before, end_at,
    rollcall.shown_state(role, name_card, muted_until, attributes), NULL, end_run
  FROM rollcall.stay
  UNION ALL
  SELECT id, group_no, account_id, kind::text, at, not_before, at, old, new, run_no
  FROM rollcall.member_edit
) c
JOIN rollcall.chat_group g USING (group_no)
JOIN rollcall.source s USING (source_no);

CREATE VIEW rollcall.group_changes AS
SELECT e.id, s.name AS source, g.group_id, e.kind, e.at, e.not_before, e.at AS not_after, e.old, e.new, e.run_no AS run_id
FROM rollcall.group_event e
JOIN rollcall.chat_group g USING (group_no)
JOIN rollcall.source s USING (source_no);

CREATE VIEW rollcall.runs AS
SELECT r.run_no AS id, s.name AS source, r.trigger, r.started_at, r.finished_at, r.verdict, r.groups_seen,
  r.groups_complete, r.groups_partial, r.groups_gone, r.groups_failed, r.groups_unchanged, r.members_read,
  r.members_joined, r.members_left, r.members_changed, r.members_held, r.calls, r.rate_limited, r.duration_ms, r.reason
FROM rollcall.run r
JOIN rollcall.source s USING (source_no);

CREATE VIEW rollcall.group_reads AS
SELECT d.run_no AS run_id, s.name AS source, d.group_id, d.outcome::text AS outcome, d.vendor_count, d.rows_read, d.passes,
  d.calls, d.reason, d.began_at, d.ended_at
FROM rollcall.group_read d
JOIN rollcall.run r USING (run_no)
JOIN rollcall.source s USING (source_no);

-- Every stay that covers a moment, with the fields as they were then.
CREATE FUNCTION rollcall.stays_at(of_group integer, of_account text, moment timestamptz)
RETURNS TABLE (group_no integer, account_id text, state jsonb, joined_at timestamptz, proven boolean)
LANGUAGE sql STABLE ROWS 100 AS $$
  SELECT i.group_no, i.account_id,
    CASE WHEN i.edited THEN rollcall.state_after(i.state, i.group_no, i.account_id, i.join_id, i.left_id, moment)
      ELSE i.state END,
    i.joined_at,
    coalesce(moment >= r.first_complete_at, false) AND NOT coalesce(moment > i.end_not_before AND moment < i.end_at, false)
  FROM (
    SELECT m.group_no, m.account_id, m.edited, m.join_id, NULL::bigint AS left_id, m.joined_at,
      NULL::timestamptz AS end_not_before, NULL::timestamptz AS end_at,
      rollcall.shown_state(m.role, m.name_card, m.muted_until, m.attributes) AS state
    FROM rollcall.member m
    WHERE m.start_at <= moment AND (of_group IS NULL OR m.group_no = of_group)
      AND (of_account IS NULL OR m.account_id = of_account)
    UNION ALL
    SELECT t.group_no, t.account_id, t.edited, t.join_id, t.left_id, t.joined_at, t.end_not_before, t.end_at,
      rollcall.shown_state(t.role, t.name_card, t.muted_until, t.attributes)
    FROM rollcall.stay t
    WHERE t.start_at <= moment AND t.end_at > moment AND (of_group IS NULL OR t.group_no = of_group)
      AND (of_account IS NULL OR t.account_id = of_account)
  ) i
  JOIN rollcall.roll_state r ON r.group_no = i.group_no
$$;

-- Who was in a group at a moment. Not proven: the moment lies between the last read with the member and the first
-- without, or before the first complete read of the group.
CREATE FUNCTION rollcall.members_at(source text, group_id text, at timestamptz)
RETURNS TABLE (account_id text, role text, name_card text, joined_at timestamptz, proven boolean)
LANGUAGE sql STABLE AS $$
  SELECT i.account_id, i.state ->> 'role', i.state ->> 'name_card', i.joined_at, i.proven
  FROM rollcall.source s
  JOIN rollcall.chat_group g ON g.source_no = s.source_no AND g.group_id = members_at.group_id
  CROSS JOIN LATERAL rollcall.stays_at(g.group_no, NULL, members_at.at) i
  WHERE s.name = members_at.source
$$;

-- In which groups an account was at a moment, with the groups' names as they were then.
CREATE FUNCTION rollcall.groups_of(source text, account_id text, at timestamptz)
RETURNS TABLE (group_id text, name text, role text, joined_at timestamptz, proven boolean)
LANGUAGE sql STABLE AS $$
  SELECT g.group_id,
    CASE WHEN renamed.id IS NULL THEN g.name ELSE renamed.old ->> 'name' END,
    i.state ->> 'role', i.joined_at, i.proven
  FROM rollcall.source s
  CROSS JOIN LATERAL rollcall.stays_at(NULL, groups_of.account_id, groups_of.at) i
  JOIN rollcall.chat_group g ON g.group_no = i.group_no AND g.source_no = s.source_no
  LEFT JOIN LATERAL (
    SELECT e.id, e.old FROM rollcall.group_event e
    WHERE e.group_no = g.group_no AND e.kind = 'renamed' AND e.at > groups_of.at ORDER BY e.id LIMIT 1
  ) renamed ON true
  WHERE s.name = groups_of.source
$$;
