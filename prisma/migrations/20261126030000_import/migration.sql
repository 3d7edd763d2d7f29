-- Imported history: snapshots that somebody else took, from before the first complete read of a group. Kept apart from what was
-- read, and joined to it when somebody asks: what was read always wins, and nothing imported ever looks proven.
CREATE TABLE rollcall.import_file (
  import_no serial PRIMARY KEY,
  source_no integer NOT NULL REFERENCES rollcall.source (source_no) ON DELETE RESTRICT ON UPDATE CASCADE,
  name text NOT NULL,
  digest text NOT NULL, -- SHA-256 of the file
  imported_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  snapshots integer NOT NULL,
  rows bigint NOT NULL,
  stays bigint NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX import_file_source_no_digest_key ON rollcall.import_file (source_no, digest);

-- A group has one import; its snapshots are those of one file.
CREATE TABLE rollcall.imported_group (
  source_no integer NOT NULL,
  group_id text NOT NULL,
  import_no integer NOT NULL REFERENCES rollcall.import_file (import_no) ON DELETE CASCADE ON UPDATE CASCADE,
  snapshots integer NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  PRIMARY KEY (source_no, group_id)
);
CREATE INDEX imported_group_import_no_idx ON rollcall.imported_group (import_no);

-- A stay as the snapshots show it; end_at is null where the last one still shows the member.
CREATE TABLE rollcall.imported_stay (
  start_at timestamptz NOT NULL,
  start_not_before timestamptz,
  end_at timestamptz,
  seen_at timestamptz NOT NULL, -- the last snapshot with the member
  join_id bigint NOT NULL,
  left_id bigint NOT NULL,
  source_no integer NOT NULL,
  import_no integer NOT NULL REFERENCES rollcall.import_file (import_no) ON DELETE CASCADE ON UPDATE CASCADE,
  role rollcall.member_role NOT NULL, -- as the last of them shows it
  edited boolean NOT NULL DEFAULT false,
  group_id text NOT NULL,
  account_id text NOT NULL,
  name_card text,
  joined_at timestamptz,
  PRIMARY KEY (source_no, group_id, account_id, start_at),
  CHECK (start_at < end_at)
);
CREATE INDEX imported_stay_source_no_account_id_idx ON rollcall.imported_stay (source_no, account_id);
CREATE INDEX imported_stay_source_no_join_id_idx ON rollcall.imported_stay (source_no, join_id);
CREATE INDEX imported_stay_import_no_idx ON rollcall.imported_stay (import_no);

-- A role or name card that differs from one snapshot to the next.
CREATE TABLE rollcall.imported_edit (
  id bigint PRIMARY KEY,
  source_no integer NOT NULL,
  import_no integer NOT NULL REFERENCES rollcall.import_file (import_no) ON DELETE CASCADE ON UPDATE CASCADE,
  kind rollcall.edit_kind NOT NULL,
  at timestamptz NOT NULL,
  not_before timestamptz NOT NULL,
  group_id text NOT NULL,
  account_id text NOT NULL,
  old jsonb NOT NULL,
  new jsonb NOT NULL
);
CREATE INDEX imported_edit_source_no_group_id_account_id_id_idx ON rollcall.imported_edit (source_no, group_id, account_id, id);
CREATE INDEX imported_edit_import_no_idx ON rollcall.imported_edit (import_no);

-- What was imported.
CREATE VIEW rollcall.imports AS
SELECT f.import_no AS id, s.name AS source, f.name AS file, f.imported_at, f.first_at, f.last_at, f.snapshots, f.rows, f.stays,
  (SELECT count(*) FROM rollcall.imported_group g WHERE g.import_no = f.import_no) AS groups
FROM rollcall.import_file f JOIN rollcall.source s USING (source_no);

-- Imported stays beside what was read. One that the last snapshot shows goes on where a stay of the first reads begins that the
-- vendor gives no later join time for (goes_on); else it ended by the vendor's new join time, or by the first complete read; or when the
-- group was made, should the vendor say that this was after the snapshot: then it was another group of the same id. Where a stay that was read reaches further back by the vendor's word, that word stands alone.
CREATE VIEW rollcall.imported_span AS
SELECT i.source_no, i.group_id, i.account_id, i.start_at, i.start_not_before, e.end_at, least(i.seen_at, e.end_at) AS end_not_before,
  e.goes_on, i.role, i.name_card, i.joined_at, i.edited, i.join_id, i.left_id, g.group_no,
  CASE WHEN e.goes_on THEN m.end_at ELSE coalesce(e.end_at, 'infinity') END AS over_at,
  CASE WHEN e.goes_on THEN m.end_run END AS end_run, CASE WHEN e.goes_on THEN m.end_not_before END AS over_not_before
FROM rollcall.imported_stay i
LEFT JOIN rollcall.chat_group g ON g.source_no = i.source_no AND g.group_id = i.group_id
LEFT JOIN rollcall.roll_state r ON r.group_no = g.group_no
LEFT JOIN LATERAL (
  SELECT s.start_at, s.end_at, s.joined_at, s.start_not_before, s.end_run, s.end_not_before FROM rollcall.every_stay s
  WHERE s.group_no = g.group_no AND s.account_id = i.account_id ORDER BY s.start_at LIMIT 1
) m ON true
CROSS JOIN LATERAL (
  SELECT CASE WHEN g.created_at > i.seen_at AND g.created_at <= r.first_complete_at THEN g.created_at END AS made_anew_at
) b
CROSS JOIN LATERAL (
  SELECT CASE
      WHEN i.end_at IS NOT NULL THEN least(i.end_at, m.start_at)
      WHEN b.made_anew_at IS NOT NULL THEN least(b.made_anew_at, m.start_at)
      WHEN m.start_not_before IS NULL AND m.start_at IS NOT NULL THEN m.start_at
      WHEN r.first_complete_at IS NOT NULL THEN greatest(r.first_complete_at, i.seen_at) END AS end_at,
    i.end_at IS NULL AND b.made_anew_at IS NULL AND m.start_at IS NOT NULL AND m.start_not_before IS NULL
      AND m.joined_at IS DISTINCT FROM m.start_at AS goes_on
) e
WHERE m.start_at IS NULL OR m.start_at > i.start_at;

-- A role or name card of an imported stay at a moment: the old side of the first edit after it, or null for the stay's own.
CREATE FUNCTION rollcall.imported_before(of_source integer, of_group text, of_account text, of_kind rollcall.edit_kind, after_id bigint,
  before_id bigint, moment timestamptz)
RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT e.old FROM rollcall.imported_edit e
  WHERE e.source_no = of_source AND e.group_id = of_group AND e.account_id = of_account AND e.kind = of_kind AND e.id > after_id
    AND e.id < before_id AND e.at > moment ORDER BY e.id LIMIT 1
$$;

-- What an imported stay's fields were at a moment, as a change shows them.
CREATE FUNCTION rollcall.imported_state(i rollcall.imported_span, moment timestamptz) RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT jsonb_build_object('role', i.role::text, 'name_card', i.name_card)
    || CASE WHEN i.edited THEN
      coalesce(rollcall.imported_before(i.source_no, i.group_id, i.account_id, 'role', i.join_id, i.left_id, moment), '{}')
      || coalesce(rollcall.imported_before(i.source_no, i.group_id, i.account_id, 'name_card', i.join_id, i.left_id, moment), '{}')
      ELSE '{}' END
$$;

-- The three that follow are no plain SQL, so that whoever asks about what was read alone does not plan for them.

-- Whether a stay that was read from this moment on was begun by an import.
CREATE FUNCTION rollcall.goes_on_from(of_source integer, of_group text, of_account text, moment timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  RETURN EXISTS (
    SELECT FROM rollcall.imported_span p
    WHERE p.source_no = of_source AND p.group_id = of_group AND p.account_id = of_account AND p.goes_on AND p.end_at = moment);
END $$;

-- Imported members of a group at a moment.
CREATE FUNCTION rollcall.imported_at(of_source integer, of_group text, moment timestamptz)
RETURNS TABLE (account_id text, role text, name_card text, joined_at timestamptz)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100 AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT i.account_id, x.state ->> 'role', x.state ->> 'name_card', i.joined_at
  FROM rollcall.imported_span i
  CROSS JOIN LATERAL (SELECT rollcall.imported_state(i, moment) AS state) x
  WHERE i.source_no = of_source AND i.group_id = of_group AND i.start_at <= moment AND coalesce(i.end_at, 'infinity') > moment;
END $$;

-- Groups in which an import has an account at a moment.
CREATE FUNCTION rollcall.imported_groups_of(of_source integer, of_account text, moment timestamptz)
RETURNS TABLE (group_id text, name text, role text, joined_at timestamptz)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 10 AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT i.group_id, g.name, rollcall.imported_state(i, moment) ->> 'role', i.joined_at
  FROM rollcall.imported_span i LEFT JOIN rollcall.chat_group g ON g.group_no = i.group_no
  WHERE i.source_no = of_source AND i.account_id = of_account AND i.start_at <= moment AND coalesce(i.end_at, 'infinity') > moment;
END $$;

-- As before; imported: an import says when the stay began. Where a read goes on with such a stay, both are one row.
CREATE OR REPLACE VIEW rollcall.membership_intervals AS
SELECT s.name AS source, g.group_id, i.account_id, i.start_not_before, i.start_at, i.end_at, i.end_not_before,
  i.end_run AS end_run_id, i.start_run AS start_run_id, false AS imported
FROM (
  SELECT group_no, account_id, start_not_before, start_at, NULL::timestamptz AS end_at,
    NULL::timestamptz AS end_not_before, NULL::integer AS end_run, start_run FROM rollcall.member
  UNION ALL
  SELECT group_no, account_id, start_not_before, start_at, end_at, end_not_before, end_run, start_run FROM rollcall.stay
) i
JOIN rollcall.chat_group g USING (group_no)
JOIN rollcall.source s USING (source_no)
WHERE i.start_not_before IS NOT NULL OR NOT EXISTS (
    SELECT FROM rollcall.imported_stay p WHERE p.source_no = g.source_no AND p.group_id = g.group_id AND p.account_id = i.account_id)
  OR NOT rollcall.goes_on_from(g.source_no, g.group_id, i.account_id, i.start_at)
UNION ALL
SELECT s.name, p.group_id, p.account_id, p.start_not_before, p.start_at, nullif(p.over_at, 'infinity'),
  CASE WHEN p.goes_on THEN p.over_not_before ELSE p.end_not_before END, p.end_run, NULL, true
FROM rollcall.imported_span p
JOIN rollcall.source s USING (source_no);

-- As before; imported: the change is known from an import, and no run saw it. A stay that an import began and a read goes on with
-- has the join of the import alone.
CREATE OR REPLACE VIEW rollcall.member_changes AS
SELECT c.id, s.name AS source, g.group_id, c.account_id, c.kind, c.at, c.not_before, c.not_after, c.old, c.new, c.run_id,
  false AS imported
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
JOIN rollcall.source s USING (source_no)
WHERE c.kind <> 'joined' OR c.not_before IS NOT NULL OR NOT EXISTS (
    SELECT FROM rollcall.imported_stay p WHERE p.source_no = g.source_no AND p.group_id = g.group_id AND p.account_id = c.account_id)
  OR NOT rollcall.goes_on_from(g.source_no, g.group_id, c.account_id, c.at)
UNION ALL
SELECT p.join_id, s.name, p.group_id, p.account_id, 'joined', p.start_at, p.start_not_before, p.start_at, NULL,
  rollcall.imported_state(p, '-infinity'), NULL, true
FROM rollcall.imported_span p JOIN rollcall.source s USING (source_no)
UNION ALL
SELECT p.left_id, s.name, p.group_id, p.account_id, 'left', p.end_at, p.end_not_before, p.end_at,
  jsonb_build_object('role', p.role::text, 'name_card', p.name_card), NULL, NULL, true
FROM rollcall.imported_span p JOIN rollcall.source s USING (source_no)
WHERE p.end_at IS NOT NULL AND NOT p.goes_on
UNION ALL
SELECT e.id, s.name, e.group_id, e.account_id, e.kind::text, e.at, e.not_before, e.at, e.old, e.new, NULL, true
FROM rollcall.imported_edit e JOIN rollcall.source s USING (source_no)
WHERE EXISTS (
  SELECT FROM rollcall.imported_span p
  WHERE p.source_no = e.source_no AND p.group_id = e.group_id AND p.account_id = e.account_id AND e.id > p.join_id AND e.id < p.left_id
    AND e.at < coalesce(p.end_at, 'infinity'));

-- As before, with what was imported from before the first complete read; it is never proven.
CREATE OR REPLACE FUNCTION rollcall.members_at(source text, group_id text, at timestamptz)
RETURNS TABLE (account_id text, role text, name_card text, joined_at timestamptz, proven boolean)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT m.account_id,
    CASE WHEN m.edited THEN coalesce((
        SELECT e.old ->> 'role' FROM rollcall.member_edit e
        WHERE e.group_no = m.group_no AND e.account_id = m.account_id AND e.kind = 'role' AND e.id > m.join_id
          AND e.at > members_at.at ORDER BY e.id LIMIT 1), m.role::text)
      WHEN m.role = 'member' THEN 'member' WHEN m.role = 'admin' THEN 'admin' ELSE 'owner' END,
    CASE WHEN m.edited THEN (coalesce((
        SELECT ARRAY[e.old ->> 'name_card'] FROM rollcall.member_edit e
        WHERE e.group_no = m.group_no AND e.account_id = m.account_id AND e.kind = 'name_card' AND e.id > m.join_id
          AND e.at > members_at.at ORDER BY e.id LIMIT 1), ARRAY[m.name_card]))[1]
      ELSE m.name_card END,
    m.joined_at, (SELECT rollcall.read_by(members_at.source, members_at.group_id, members_at.at))
  FROM rollcall.member m
  WHERE m.group_no = rollcall.group_number(members_at.source, members_at.group_id) AND m.start_at <= members_at.at
  UNION ALL
  SELECT t.account_id,
    CASE WHEN t.edited THEN coalesce((
        SELECT e.old ->> 'role' FROM rollcall.member_edit e
        WHERE e.group_no = t.group_no AND e.account_id = t.account_id AND e.kind = 'role' AND e.id > t.join_id
          AND e.id < t.left_id AND e.at > members_at.at ORDER BY e.id LIMIT 1), t.role::text)
      WHEN t.role = 'member' THEN 'member' WHEN t.role = 'admin' THEN 'admin' ELSE 'owner' END,
    CASE WHEN t.edited THEN (coalesce((
        SELECT ARRAY[e.old ->> 'name_card'] FROM rollcall.member_edit e
        WHERE e.group_no = t.group_no AND e.account_id = t.account_id AND e.kind = 'name_card' AND e.id > t.join_id
          AND e.id < t.left_id AND e.at > members_at.at ORDER BY e.id LIMIT 1), ARRAY[t.name_card]))[1]
      ELSE t.name_card END,
    t.joined_at,
    members_at.at <= t.end_not_before AND (SELECT rollcall.read_by(members_at.source, members_at.group_id, members_at.at))
  FROM rollcall.stay t
  WHERE t.group_no = rollcall.group_number(members_at.source, members_at.group_id)
    AND t.end_at > members_at.at AND t.start_at <= members_at.at
  UNION ALL
  -- Nothing that was imported reaches beyond the first complete read.
  SELECT i.account_id, i.role, i.name_card, i.joined_at, false
  FROM rollcall.imported_at(rollcall.source_number(members_at.source), members_at.group_id, members_at.at) i
  WHERE (SELECT rollcall.read_by(members_at.source, members_at.group_id, members_at.at)) IS NOT TRUE
$$;

-- As before, with what was imported; it is never proven.
CREATE OR REPLACE FUNCTION rollcall.groups_of(source text, account_id text, at timestamptz)
RETURNS TABLE (group_id text, name text, role text, joined_at timestamptz, proven boolean)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT g.group_id,
    CASE WHEN renamed.id IS NULL THEN g.name ELSE renamed.old ->> 'name' END,
    CASE WHEN i.edited THEN coalesce((
        SELECT e.old ->> 'role' FROM rollcall.member_edit e
        WHERE e.group_no = i.group_no AND e.account_id = i.account_id AND e.kind = 'role' AND e.id > i.join_id
          AND (i.left_id IS NULL OR e.id < i.left_id) AND e.at > groups_of.at ORDER BY e.id LIMIT 1), i.role::text)
      ELSE i.role::text END,
    i.joined_at,
    coalesce(groups_of.at >= r.first_complete_at, false) AND coalesce(groups_of.at >= k.history_from, true) AND coalesce(groups_of.at <= i.end_not_before, true)
  FROM rollcall.every_stay i
  JOIN rollcall.chat_group g ON g.group_no = i.group_no
  JOIN rollcall.source s ON s.source_no = g.source_no
  JOIN rollcall.roll_state r ON r.group_no = i.group_no
  LEFT JOIN rollcall.retention k ON k.source_no = s.source_no
  LEFT JOIN LATERAL (
    SELECT e.id, e.old FROM rollcall.group_event e
    WHERE e.group_no = g.group_no AND e.kind = 'renamed' AND e.at > groups_of.at ORDER BY e.id LIMIT 1
  ) renamed ON true
  WHERE i.account_id = groups_of.account_id AND i.start_at <= groups_of.at AND i.end_at > groups_of.at
    AND s.name = groups_of.source
  UNION ALL
  SELECT i.group_id, i.name, i.role, i.joined_at, false
  FROM rollcall.imported_groups_of(rollcall.source_number(groups_of.source), groups_of.account_id, groups_of.at) i
$$;

-- As before; what was imported is possible, not certain.
CREATE OR REPLACE FUNCTION rollcall.audience_at(source text, group_id text, at timestamptz)
RETURNS TABLE (account_id text, certainty text, start_at timestamptz, end_at timestamptz,
  newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT i.account_id,
    CASE WHEN bool_or(i.start_at <= audience_at.at AND audience_at.at <= coalesce(i.end_not_before, 'infinity')
      AND (SELECT rollcall.read_by(audience_at.source, audience_at.group_id, audience_at.at))) THEN 'certain' ELSE 'possible' END,
    min(i.start_at), nullif(max(i.end_at), 'infinity'), q.newest_read, q.stale_share, q.held_leaves
  FROM rollcall.every_stay i
  CROSS JOIN rollcall.quality(audience_at.source, audience_at.group_id) q
  WHERE i.group_no = (SELECT rollcall.group_number(audience_at.source, audience_at.group_id))
    AND i.end_at > audience_at.at
    AND (i.start_at <= audience_at.at
      OR coalesce(i.start_not_before, '-infinity') <= audience_at.at AND i.joined_at IS DISTINCT FROM i.start_at)
  GROUP BY i.account_id, q.newest_read, q.stale_share, q.held_leaves
  UNION ALL
  SELECT i.account_id, 'possible', min(i.start_at), nullif(max(i.over_at), 'infinity'), q.newest_read, q.stale_share, q.held_leaves
  FROM rollcall.imported_span i
  CROSS JOIN rollcall.quality(audience_at.source, audience_at.group_id) q
  WHERE i.source_no = rollcall.source_number(audience_at.source) AND i.group_id = audience_at.group_id
    AND coalesce(i.end_at, 'infinity') > audience_at.at AND coalesce(i.start_not_before, '-infinity') <= audience_at.at
    AND (SELECT rollcall.read_by(audience_at.source, audience_at.group_id, audience_at.at)) IS NOT TRUE
    AND NOT EXISTS (
      SELECT FROM rollcall.every_stay s
      WHERE s.group_no = i.group_no AND s.account_id = i.account_id AND s.end_at > audience_at.at
        AND (s.start_at <= audience_at.at
          OR coalesce(s.start_not_before, '-infinity') <= audience_at.at AND s.joined_at IS DISTINCT FROM s.start_at))
  GROUP BY i.account_id, q.newest_read, q.stale_share, q.held_leaves
  ORDER BY 2, 1
$$;

-- As before; imported_from is the first imported snapshot of the group.
CREATE OR REPLACE VIEW rollcall.data_quality AS
SELECT s.name AS source, g.group_id, r.complete_ended_at AS newest_read,
  CASE WHEN r.first_complete_at IS NOT NULL THEN greatest(r.first_complete_at, k.history_from) END AS proven_from,
  g.wanted AND g.dissolved_at IS NULL AS is_read,
  g.wanted AND g.dissolved_at IS NULL
    AND coalesce(r.complete_ended_at < rollcall.report_now() - interval '24 hours', true) AS stale,
  coalesce(w.leaves, 0) AS held_leaves, k.history_from AS kept_from, p.first_at AS imported_from
FROM rollcall.chat_group g
JOIN rollcall.source s USING (source_no)
JOIN rollcall.roll_state r USING (group_no)
LEFT JOIN rollcall.retention k USING (source_no)
LEFT JOIN (
  SELECT h.group_no, greatest(1, count(a.account_id)) AS leaves
  FROM rollcall.held h LEFT JOIN rollcall.held_account a USING (held_no)
  WHERE h.rejected_at IS NULL GROUP BY h.group_no
) w ON w.group_no = g.group_no
LEFT JOIN rollcall.imported_group p ON p.source_no = g.source_no AND p.group_id = g.group_id;

DROP FUNCTION rollcall.ever_members(text, text);
-- As before, with what was imported. A stay that an import began and a read goes on with is two rows that touch, so that what was
-- read stands by itself.
CREATE FUNCTION rollcall.ever_members(source text, group_id text)
RETURNS TABLE (account_id text, stay_number bigint, start_at timestamptz, end_at timestamptz, last_role text, backlog boolean,
  start_not_before timestamptz, end_not_before timestamptz, start_run_id integer, end_run_id integer, imported boolean,
  newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT i.account_id, row_number() OVER (PARTITION BY i.account_id ORDER BY i.start_at), i.start_at, nullif(i.end_at, 'infinity'),
    i.role::text, i.backlog, i.start_not_before, i.end_not_before, i.start_run, i.end_run, i.imported, q.newest_read, q.stale_share,
    q.held_leaves
  FROM (
    SELECT s.account_id, s.start_at, s.end_at, s.role, s.backlog, s.start_not_before, s.end_not_before, s.start_run, s.end_run,
      false AS imported
    FROM rollcall.every_stay s
    WHERE s.group_no = (SELECT rollcall.group_number(ever_members.source, ever_members.group_id))
    UNION ALL
    SELECT p.account_id, p.start_at, coalesce(p.end_at, 'infinity'), p.role, true, p.start_not_before, p.end_not_before, NULL, NULL, true
    FROM rollcall.imported_span p
    WHERE p.source_no = rollcall.source_number(ever_members.source) AND p.group_id = ever_members.group_id
  ) i CROSS JOIN rollcall.quality(ever_members.source, ever_members.group_id) q
  ORDER BY i.account_id, i.start_at
$$;

-- As before, with what was imported (it has no run), at one moment first.
CREATE OR REPLACE FUNCTION rollcall.changes_between(source text, group_id text, since timestamptz, until timestamptz)
RETURNS TABLE (at timestamptz, not_before timestamptz, account_id text, kind text, old jsonb, new jsonb, run_id integer,
  run_started_at timestamptz, newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT c.at, c.not_before, c.account_id, c.kind, c.old, c.new, c.run_id, r.started_at, q.newest_read, q.stale_share, q.held_leaves
  FROM (
    SELECT m.at, m.not_before, m.account_id, m.kind, m.old, m.new, m.run_id, m.id, m.imported
    FROM rollcall.member_changes m WHERE m.source = changes_between.source AND m.group_id = changes_between.group_id
    UNION ALL
    SELECT e.at, e.not_before, NULL, e.kind, e.old, e.new, e.run_id, e.id, false
    FROM rollcall.group_changes e WHERE e.source = changes_between.source AND e.group_id = changes_between.group_id
  ) c
  LEFT JOIN rollcall.run r ON r.run_no = c.run_id
  CROSS JOIN rollcall.quality(changes_between.source, changes_between.group_id) q
  WHERE c.at >= changes_between.since AND c.at < changes_between.until
  ORDER BY c.at, c.account_id NULLS FIRST, c.imported DESC, c.id
$$;

SELECT rollcall.grant_reader();
