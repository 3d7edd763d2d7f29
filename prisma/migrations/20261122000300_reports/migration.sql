-- The reporting layer: one view or function per question (docs/reports.md maps them). Everything here is derived from the
-- history and can be made anew from it. Unless it says otherwise a function takes the source first; a group of null means
-- the whole source; moments are timestamptz, stretches of the calendar are dates in the zone given, until is exclusive.
-- The last columns say how far an answer can be trusted: newest_read, stale_share, held_leaves.

-- ---------------------------------------------------------------------------------------------------------------------
-- Ways in. A member row knows its run as it is written; the B-tree packs equal runs, and stays come in order of their end.
CREATE INDEX member_start_run_idx ON rollcall.member (start_run);
CREATE INDEX stay_group_no_end_at_start_at_idx ON rollcall.stay (group_no, end_at, start_at);
-- Who was in a group at a moment is one range of this index, checked in it. PostgreSQL 18 takes a condition on the third column
-- for a skip scan over every end there is, and would rather read the whole group: so it is told that there are few.
ALTER TABLE rollcall.stay ALTER COLUMN end_at SET (n_distinct = 20);
CREATE INDEX stay_end_run_idx ON rollcall.stay USING brin (end_run) WITH (pages_per_range = 32);

-- ---------------------------------------------------------------------------------------------------------------------
-- Facts: counts of joins and leaves by quarter of an hour. Every zone's days begin on one, so days of any zone are sums
-- of them. Kept for sources and for groups of 5,000 stays and more: below that nearly every change has a quarter of an
-- hour of its own, and counting the stays themselves is as fast.
CREATE TABLE rollcall.fact_mark (
  source_no integer PRIMARY KEY REFERENCES rollcall.source (source_no) ON DELETE RESTRICT ON UPDATE CASCADE,
  run_no integer NOT NULL DEFAULT 0
);

CREATE TABLE rollcall.source_fact (
  slot timestamptz NOT NULL,
  source_no integer NOT NULL,
  joins integer NOT NULL,
  backlog integer NOT NULL,
  leaves integer NOT NULL,
  PRIMARY KEY (source_no, slot)
);

CREATE TABLE rollcall.group_fact (
  slot timestamptz NOT NULL,
  group_no integer NOT NULL,
  joins integer NOT NULL,
  backlog integer NOT NULL,
  leaves integer NOT NULL,
  PRIMARY KEY (group_no, slot)
);

CREATE TABLE rollcall.group_total (
  group_no integer PRIMARY KEY,
  joins integer NOT NULL,
  backlog integer NOT NULL,
  leaves integer NOT NULL,
  detailed boolean NOT NULL DEFAULT false
);

-- Every stay, the lasting ones with an end of infinity. backlog: no complete read had been made without the member before,
-- so nobody saw this join happen.
CREATE VIEW rollcall.every_stay AS
SELECT group_no, account_id, start_at, 'infinity'::timestamptz AS end_at, start_not_before, NULL::timestamptz AS end_not_before,
  start_not_before IS NULL AS backlog, role, edited, join_id, NULL::bigint AS left_id, start_run, NULL::integer AS end_run,
  first_seen_at, joined_at
FROM rollcall.member
UNION ALL
SELECT group_no, account_id, start_at, end_at, start_not_before, end_not_before, start_not_before IS NULL, role, edited,
  join_id, left_id, start_run, end_run, first_seen_at, joined_at
FROM rollcall.stay;

-- Counts what the runs (after, upto] of a source have written, by group and quarter of an hour.
CREATE FUNCTION rollcall.count_runs(of_source integer, after_run integer, upto_run integer)
RETURNS TABLE (group_no integer, slot timestamptz, joins bigint, backlog bigint, leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT c.group_no, c.slot, sum(c.joins), sum(c.backlog), sum(c.leaves)
  FROM (
    SELECT m.group_no, date_bin('15 minutes', m.start_at, 'epoch') AS slot, (m.start_not_before IS NOT NULL)::int AS joins,
      (m.start_not_before IS NULL)::int AS backlog, 0 AS leaves
    FROM rollcall.member m WHERE m.start_run > after_run AND m.start_run <= upto_run
    UNION ALL
    -- No run ends a stay before the run that began it.
    SELECT t.group_no, date_bin('15 minutes', t.start_at, 'epoch'), (t.start_not_before IS NOT NULL)::int,
      (t.start_not_before IS NULL)::int, 0
    FROM rollcall.stay t WHERE t.end_run > after_run AND t.start_run > after_run AND t.start_run <= upto_run
    UNION ALL
    SELECT t.group_no, date_bin('15 minutes', t.end_at, 'epoch'), 0, 0, 1
    FROM rollcall.stay t WHERE t.end_run > after_run AND t.end_run <= upto_run
  ) c
  JOIN rollcall.chat_group g ON g.group_no = c.group_no AND g.source_no = of_source
  GROUP BY c.group_no, c.slot
$$;

-- Adds the finished runs of a source that the facts do not hold yet. Returns the newest run they hold.
CREATE FUNCTION rollcall.refresh_facts(of_source integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  held integer;
  newest integer;
BEGIN
  INSERT INTO rollcall.fact_mark (source_no) VALUES (of_source) ON CONFLICT DO NOTHING;
  SELECT f.run_no INTO held FROM rollcall.fact_mark f WHERE f.source_no = of_source FOR UPDATE;
  -- Up to the first run that still goes on: what it has yet to write must not be taken for counted.
  SELECT coalesce(max(r.run_no), 0) INTO newest FROM rollcall.run r
  WHERE r.source_no = of_source AND r.run_no < coalesce(
    (SELECT min(o.run_no) FROM rollcall.run o WHERE o.source_no = of_source AND o.finished_at IS NULL AND o.run_no > held), 2147483647);
  IF newest <= held THEN
    RETURN held;
  END IF;
  -- EXECUTE, so that a run and a rebuild each get the plan that fits them.
  EXECUTE $count$
    WITH fresh AS MATERIALIZED (
      SELECT * FROM rollcall.count_runs($1, $2, $3)
    ), of_source AS (
      INSERT INTO rollcall.source_fact AS f (source_no, slot, joins, backlog, leaves)
      SELECT $1, slot, sum(joins), sum(backlog), sum(leaves) FROM fresh GROUP BY slot ORDER BY slot
      ON CONFLICT (source_no, slot) DO UPDATE SET joins = f.joins + excluded.joins, backlog = f.backlog + excluded.backlog,
        leaves = f.leaves + excluded.leaves
    ), of_group AS (
      INSERT INTO rollcall.group_fact AS f (group_no, slot, joins, backlog, leaves)
      SELECT c.group_no, c.slot, c.joins, c.backlog, c.leaves
      FROM fresh c JOIN rollcall.group_total t ON t.group_no = c.group_no AND t.detailed ORDER BY c.group_no, c.slot
      ON CONFLICT (group_no, slot) DO UPDATE SET joins = f.joins + excluded.joins, backlog = f.backlog + excluded.backlog,
        leaves = f.leaves + excluded.leaves
    )
    INSERT INTO rollcall.group_total AS t (group_no, joins, backlog, leaves)
    SELECT group_no, sum(joins), sum(backlog), sum(leaves) FROM fresh GROUP BY group_no ORDER BY group_no
    ON CONFLICT (group_no) DO UPDATE SET joins = t.joins + excluded.joins, backlog = t.backlog + excluded.backlog,
      leaves = t.leaves + excluded.leaves
  $count$ USING of_source, held, newest;
  -- Groups that have just reached 5,000 stays get their facts from the beginning.
  EXECUTE $grown$
    WITH grown AS (
      UPDATE rollcall.group_total t SET detailed = true
      FROM rollcall.chat_group g
      WHERE g.group_no = t.group_no AND g.source_no = $1 AND NOT t.detailed AND t.joins + t.backlog >= 5000
      RETURNING t.group_no
    )
    INSERT INTO rollcall.group_fact (group_no, slot, joins, backlog, leaves)
    SELECT c.group_no, c.slot, sum(c.joins), sum(c.backlog), sum(c.leaves)
    FROM (
      SELECT s.group_no, date_bin('15 minutes', s.start_at, 'epoch') AS slot, (NOT s.backlog)::int AS joins,
        s.backlog::int AS backlog, 0 AS leaves
      FROM grown JOIN rollcall.every_stay s USING (group_no) WHERE s.start_run <= $2
      UNION ALL
      SELECT t.group_no, date_bin('15 minutes', t.end_at, 'epoch'), 0, 0, 1
      FROM grown JOIN rollcall.stay t USING (group_no) WHERE t.end_run <= $2
    ) c
    GROUP BY 1, 2 ORDER BY 1, 2
  $grown$ USING of_source, newest;
  UPDATE rollcall.fact_mark f SET run_no = newest WHERE f.source_no = of_source;
  RETURN newest;
END $$;

-- Makes the facts of a source anew from its history.
CREATE FUNCTION rollcall.rebuild_facts(of_source integer) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO rollcall.fact_mark (source_no) VALUES (of_source) ON CONFLICT DO NOTHING;
  PERFORM 1 FROM rollcall.fact_mark f WHERE f.source_no = of_source FOR UPDATE;
  DELETE FROM rollcall.source_fact f WHERE f.source_no = of_source;
  DELETE FROM rollcall.group_fact f USING rollcall.chat_group g WHERE g.group_no = f.group_no AND g.source_no = of_source;
  DELETE FROM rollcall.group_total t USING rollcall.chat_group g WHERE g.group_no = t.group_no AND g.source_no = of_source;
  UPDATE rollcall.fact_mark f SET run_no = 0 WHERE f.source_no = of_source;
  RETURN rollcall.refresh_facts(of_source);
END $$;

-- The runs of a source that its facts do not hold yet, the one that goes on now included.
CREATE FUNCTION rollcall.runs_after_facts(of_source integer) RETURNS SETOF integer LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT r.run_no FROM rollcall.run r
  WHERE r.source_no = of_source
    AND r.run_no > coalesce((SELECT f.run_no FROM rollcall.fact_mark f WHERE f.source_no = of_source), 0)
$$;

-- Joins and leaves of a source or of one group from a moment on (the beginning of some zone's day): the facts, and from the
-- history what they do not hold (yet). So the sums are right at every moment, whether or not the facts are kept.
CREATE FUNCTION rollcall.facts(of_source integer, of_group integer, since timestamptz)
RETURNS TABLE (at timestamptz, joins integer, backlog integer, leaves integer)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT f.slot, f.joins, f.backlog, f.leaves FROM rollcall.source_fact f
  WHERE f.source_no = of_source AND of_group IS NULL AND f.slot >= since
  UNION ALL
  SELECT f.slot, f.joins, f.backlog, f.leaves FROM rollcall.group_fact f WHERE f.group_no = of_group AND f.slot >= since
  UNION ALL
  -- A group without facts.
  SELECT s.start_at, (NOT s.backlog)::int, s.backlog::int, 0 FROM rollcall.every_stay s
  WHERE s.group_no = of_group AND s.start_at >= since AND s.end_at > since
    AND NOT (SELECT coalesce(bool_or(t.detailed), false) FROM rollcall.group_total t WHERE t.group_no = of_group)
  UNION ALL
  SELECT t.end_at, 0, 0, 1 FROM rollcall.stay t
  WHERE t.group_no = of_group AND t.end_at >= since
    AND NOT (SELECT coalesce(bool_or(t.detailed), false) FROM rollcall.group_total t WHERE t.group_no = of_group)
  UNION ALL
  -- Runs that the facts do not hold yet. The fence keeps the planner on the runs: there are few, mostly none.
  SELECT p.at, p.joins, p.backlog, p.leaves
  FROM (
    SELECT m.group_no, m.start_at AS at, (m.start_not_before IS NOT NULL)::int AS joins,
      (m.start_not_before IS NULL)::int AS backlog, 0 AS leaves
    FROM rollcall.member m WHERE m.start_run = ANY (ARRAY(SELECT rollcall.runs_after_facts(of_source)))
    UNION ALL
    SELECT t.group_no, t.start_at, (t.start_not_before IS NOT NULL)::int, (t.start_not_before IS NULL)::int, 0
    FROM rollcall.stay t WHERE t.end_run = ANY (ARRAY(SELECT rollcall.runs_after_facts(of_source)))
      AND t.start_run = ANY (ARRAY(SELECT rollcall.runs_after_facts(of_source)))
    UNION ALL
    SELECT t.group_no, t.end_at, 0, 0, 1
    FROM rollcall.stay t WHERE t.end_run = ANY (ARRAY(SELECT rollcall.runs_after_facts(of_source)))
    OFFSET 0
  ) p
  WHERE p.at >= since
    AND (of_group IS NULL
      OR p.group_no = of_group
        AND (SELECT coalesce(bool_or(t.detailed), false) FROM rollcall.group_total t WHERE t.group_no = of_group))
$$;

-- ---------------------------------------------------------------------------------------------------------------------
-- Trust.

-- The clock of the reports: what "now", "stale" and "silent" are measured from.
CREATE FUNCTION rollcall.report_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT now() $$;

-- How far each group can be trusted. stale: the group is to be read and has no complete read in the last 24 hours.
-- held_leaves: leaves seen and not yet approved.
CREATE VIEW rollcall.data_quality AS
SELECT s.name AS source, g.group_id, r.complete_ended_at AS newest_read, r.first_complete_at AS proven_from,
  g.wanted AND g.dissolved_at IS NULL AS is_read,
  g.wanted AND g.dissolved_at IS NULL
    AND coalesce(r.complete_ended_at < rollcall.report_now() - interval '24 hours', true) AS stale,
  0::bigint AS held_leaves
FROM rollcall.chat_group g
JOIN rollcall.source s USING (source_no)
JOIN rollcall.roll_state r USING (group_no);

-- The same of a source, or of one group: always one row.
CREATE FUNCTION rollcall.quality(source text, group_id text DEFAULT NULL)
RETURNS TABLE (newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
  SELECT max(d.newest_read), round(avg(d.stale::int) FILTER (WHERE d.is_read), 4), coalesce(sum(d.held_leaves), 0)::bigint
  FROM rollcall.data_quality d
  WHERE d.source = quality.source AND (quality.group_id IS NULL OR d.group_id = quality.group_id)
$$;

-- Which groups are not fresh, and why: the newest receipt of each says how its last read went.
CREATE VIEW rollcall.freshness AS
SELECT d.source, d.group_id, g.name, d.newest_read, rollcall.report_now() - d.newest_read AS age, d.stale, d.held_leaves,
  last.outcome, last.reason, last.ended_at AS last_tried_at, last.run_no AS last_run_id
FROM rollcall.data_quality d
JOIN rollcall.source s ON s.name = d.source
JOIN rollcall.chat_group g ON g.source_no = s.source_no AND g.group_id = d.group_id
LEFT JOIN LATERAL (
  SELECT e.outcome::text AS outcome, e.reason, e.ended_at, e.run_no
  FROM rollcall.run r JOIN rollcall.group_read e ON e.run_no = r.run_no AND e.group_id = g.group_id
  WHERE r.source_no = g.source_no ORDER BY r.run_no DESC LIMIT 1
) last ON true
WHERE d.is_read;

-- What the last run of each source did.
CREATE VIEW rollcall.last_runs AS
SELECT r.*, (SELECT coalesce(sum(c.value::bigint), 0) FROM jsonb_each_text(r.calls) c)::bigint AS calls_total,
  q.newest_read, q.stale_share, q.held_leaves
FROM rollcall.source s
JOIN LATERAL (SELECT u.* FROM rollcall.runs u WHERE u.source = s.name ORDER BY u.id DESC LIMIT 1) r ON true
CROSS JOIN LATERAL rollcall.quality(s.name) q;

-- Where our roll and the vendor's own count differ.
CREATE VIEW rollcall.count_differences AS
SELECT s.name AS source, g.group_id, g.name, r.rows AS our_count, g.member_count AS vendor_count,
  r.rows - g.member_count AS difference, r.unseen AS unconfirmed, r.read_ended_at AS counted_at, d.newest_read, d.stale,
  d.held_leaves
FROM rollcall.chat_group g
JOIN rollcall.source s USING (source_no)
JOIN rollcall.roll_state r USING (group_no)
JOIN rollcall.data_quality d ON d.source = s.name AND d.group_id = g.group_id
WHERE g.dissolved_at IS NULL AND g.wanted AND r.rows <> g.member_count;

-- How long a full crawl takes: the last run that covered most, endpoint by endpoint, and the same with more groups.
-- limits: calls a second, as {"getGroupInfo": 100}; an endpoint without one takes as long as the whole run took.
CREATE FUNCTION rollcall.crawl_time(source text, limits jsonb DEFAULT '{}', times numeric DEFAULT 2)
RETURNS TABLE (endpoint text, calls bigint, calls_per_group numeric, reached_per_second numeric, limit_per_second numeric,
  seconds_now numeric, seconds_with_more numeric, run_id integer, newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT c.key, c.value::bigint, round(c.value::numeric / nullif(r.groups_seen, 0), 3),
    round(c.value::numeric * 1000 / nullif(r.duration_ms, 0), 2), (crawl_time.limits ->> c.key)::numeric,
    round(t.seconds, 1), round(t.seconds * times, 1), r.id, q.newest_read, q.stale_share, q.held_leaves
  FROM (
    SELECT * FROM rollcall.runs u
    WHERE u.source = crawl_time.source AND u.verdict IN ('complete', 'partial') AND u.groups_seen > 0
    ORDER BY u.groups_seen DESC, u.id DESC LIMIT 1
  ) r
  CROSS JOIN LATERAL jsonb_each_text(r.calls) c
  CROSS JOIN LATERAL (SELECT coalesce(c.value::numeric / (crawl_time.limits ->> c.key)::numeric, r.duration_ms / 1000.0) AS seconds) t
  CROSS JOIN LATERAL rollcall.quality(crawl_time.source) q
  ORDER BY t.seconds DESC, c.key
$$;

-- ---------------------------------------------------------------------------------------------------------------------
-- The calendar of a zone.

-- The days, weeks (from Monday) or months that touch [since, until), each with its first and last instant in the zone.
CREATE FUNCTION rollcall.calendar(since date, until date, zone text, step text)
RETURNS TABLE (n integer, bucket date, starts timestamptz, ends timestamptz)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 400 AS $$
  SELECT (row_number() OVER (ORDER BY d))::integer, d::date, d AT TIME ZONE zone, (d + ('1 ' || step)::interval) AT TIME ZONE zone
  FROM generate_series(date_trunc(step, since::timestamp), until::timestamp - interval '1 day', ('1 ' || step)::interval) d
$$;

-- Boundaries for width_bucket: 0 is before since, 1 the first bucket, one more than there are is after the last.
CREATE FUNCTION rollcall.boundaries(since date, until date, zone text, step text) RETURNS timestamptz[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT array_agg(c.starts ORDER BY c.n) || max(c.ends) FROM rollcall.calendar(since, until, zone, step) c
$$;

CREATE FUNCTION rollcall.size_band(members bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN members <= 0 THEN '0' WHEN members = 1 THEN '1' WHEN members < 10 THEN '2-9' WHEN members < 100 THEN '10-99'
    WHEN members < 1000 THEN '100-999' ELSE '1000+' END
$$;

CREATE FUNCTION rollcall.source_number(source text) RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT s.source_no FROM rollcall.source s WHERE s.name = source_number.source
$$;

CREATE FUNCTION rollcall.group_number(source text, group_id text) RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT g.group_no FROM rollcall.chat_group g JOIN rollcall.source s USING (source_no)
  WHERE s.name = group_number.source AND g.group_id = group_number.group_id
$$;

-- ---------------------------------------------------------------------------------------------------------------------
-- Point in time.

-- Who was in a group at a moment (interface.md, section 4). Most stays were never edited: their fields stand in the row.
-- Of the others the old side of the first edit after the moment tells.
CREATE OR REPLACE FUNCTION rollcall.members_at(source text, group_id text, at timestamptz)
RETURNS TABLE (account_id text, role text, name_card text, joined_at timestamptz, proven boolean)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT m.account_id,
    CASE WHEN m.edited THEN coalesce((
        SELECT e.old ->> 'role' FROM rollcall.member_edit e
        WHERE e.group_no = m.group_no AND e.account_id = m.account_id AND e.kind = 'role' AND e.id > m.join_id
          AND e.at > members_at.at ORDER BY e.id LIMIT 1), m.role::text)
      ELSE m.role::text END,
    CASE WHEN m.edited THEN (coalesce((
        SELECT ARRAY[e.old ->> 'name_card'] FROM rollcall.member_edit e
        WHERE e.group_no = m.group_no AND e.account_id = m.account_id AND e.kind = 'name_card' AND e.id > m.join_id
          AND e.at > members_at.at ORDER BY e.id LIMIT 1), ARRAY[m.name_card]))[1]
      ELSE m.name_card END,
    m.joined_at, coalesce(members_at.at >= r.first_complete_at, false)
  FROM rollcall.member m
  JOIN rollcall.roll_state r ON r.group_no = m.group_no
  WHERE m.group_no = (SELECT rollcall.group_number(members_at.source, members_at.group_id)) AND m.start_at <= members_at.at
  UNION ALL
  SELECT t.account_id,
    CASE WHEN t.edited THEN coalesce((
        SELECT e.old ->> 'role' FROM rollcall.member_edit e
        WHERE e.group_no = t.group_no AND e.account_id = t.account_id AND e.kind = 'role' AND e.id > t.join_id
          AND e.id < t.left_id AND e.at > members_at.at ORDER BY e.id LIMIT 1), t.role::text)
      ELSE t.role::text END,
    CASE WHEN t.edited THEN (coalesce((
        SELECT ARRAY[e.old ->> 'name_card'] FROM rollcall.member_edit e
        WHERE e.group_no = t.group_no AND e.account_id = t.account_id AND e.kind = 'name_card' AND e.id > t.join_id
          AND e.id < t.left_id AND e.at > members_at.at ORDER BY e.id LIMIT 1), ARRAY[t.name_card]))[1]
      ELSE t.name_card END,
    t.joined_at, coalesce(members_at.at >= r.first_complete_at, false) AND members_at.at <= t.end_not_before
  FROM rollcall.stay t
  JOIN rollcall.roll_state r ON r.group_no = t.group_no
  WHERE t.group_no = (SELECT rollcall.group_number(members_at.source, members_at.group_id))
    AND t.end_at > members_at.at AND t.start_at <= members_at.at
$$;

-- In which groups an account was at a moment, with the groups' names as they were then.
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
    coalesce(groups_of.at >= r.first_complete_at, false) AND coalesce(groups_of.at <= i.end_not_before, true)
  FROM rollcall.every_stay i
  JOIN rollcall.chat_group g ON g.group_no = i.group_no
  JOIN rollcall.source s ON s.source_no = g.source_no
  JOIN rollcall.roll_state r ON r.group_no = i.group_no
  LEFT JOIN LATERAL (
    SELECT e.id, e.old FROM rollcall.group_event e
    WHERE e.group_no = g.group_no AND e.kind = 'renamed' AND e.at > groups_of.at ORDER BY e.id LIMIT 1
  ) renamed ON true
  WHERE i.account_id = groups_of.account_id AND i.start_at <= groups_of.at AND i.end_at > groups_of.at
    AND s.name = groups_of.source
$$;

-- In which groups an account was at any time in [since, until): one row a stay.
CREATE FUNCTION rollcall.groups_between(source text, account_id text, since timestamptz, until timestamptz)
RETURNS TABLE (group_id text, name text, start_at timestamptz, end_at timestamptz, role text, backlog boolean,
  newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT g.group_id, g.name, i.start_at, nullif(i.end_at, 'infinity'), i.role::text, i.backlog, d.newest_read, d.stale::int::numeric,
    d.held_leaves
  FROM rollcall.every_stay i
  JOIN rollcall.chat_group g ON g.group_no = i.group_no
  JOIN rollcall.source s ON s.source_no = g.source_no
  JOIN rollcall.data_quality d ON d.source = s.name AND d.group_id = g.group_id
  WHERE i.account_id = groups_between.account_id AND i.start_at < groups_between.until AND i.end_at > groups_between.since
    AND s.name = groups_between.source
  ORDER BY i.start_at, g.group_id
$$;

-- Who has ever been in a group, with every join and leave: one row a stay, the first one of an account is number 1.
CREATE FUNCTION rollcall.ever_members(source text, group_id text)
RETURNS TABLE (account_id text, stay_number bigint, start_at timestamptz, end_at timestamptz, last_role text, backlog boolean,
  start_not_before timestamptz, end_not_before timestamptz, start_run_id integer, end_run_id integer,
  newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT i.account_id, row_number() OVER (PARTITION BY i.account_id ORDER BY i.start_at), i.start_at, nullif(i.end_at, 'infinity'),
    i.role::text, i.backlog, i.start_not_before, i.end_not_before, i.start_run, i.end_run, q.newest_read, q.stale_share, q.held_leaves
  FROM rollcall.every_stay i CROSS JOIN rollcall.quality(ever_members.source, ever_members.group_id) q
  WHERE i.group_no = (SELECT rollcall.group_number(ever_members.source, ever_members.group_id))
  ORDER BY i.account_id, i.start_at
$$;

-- Who was in a group together with an account at any time in [since, until), in how many groups, and how long at the most.
CREATE FUNCTION rollcall.met(source text, account_id text, since timestamptz, until timestamptz)
RETURNS TABLE (other_id text, shared_groups bigint, first_at timestamptz, last_at timestamptz, longest interval,
  newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT o.account_id, count(DISTINCT o.group_no), min(o.from_at), max(o.to_at), max(o.to_at - o.from_at),
    q.newest_read, q.stale_share, q.held_leaves
  FROM (
    SELECT b.account_id, b.group_no, greatest(a.start_at, b.start_at, met.since) AS from_at,
      least(a.end_at, b.end_at, met.until) AS to_at
    FROM rollcall.every_stay a
    JOIN rollcall.chat_group g ON g.group_no = a.group_no
    JOIN rollcall.every_stay b ON b.group_no = a.group_no AND b.account_id <> a.account_id
      AND b.start_at < least(a.end_at, met.until) AND b.end_at > greatest(a.start_at, met.since)
    WHERE a.account_id = met.account_id AND a.start_at < met.until AND a.end_at > met.since
      AND g.source_no = (SELECT rollcall.source_number(met.source))
  ) o
  CROSS JOIN rollcall.quality(met.source) q
  GROUP BY o.account_id, q.newest_read, q.stale_share, q.held_leaves
  ORDER BY 2 DESC, 1
$$;

-- Who could have seen what was sent in a group at a moment. certain: a read before and one after (or the vendor's join
-- time) show the member in; possible: the moment lies between the last read without and the first with the member, or
-- between the last with and the first without, or before the first complete read of the group.
CREATE FUNCTION rollcall.audience_at(source text, group_id text, at timestamptz)
RETURNS TABLE (account_id text, certainty text, start_at timestamptz, end_at timestamptz,
  newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT i.account_id,
    CASE WHEN bool_or(i.start_at <= audience_at.at AND audience_at.at <= coalesce(i.end_not_before, 'infinity')
      AND audience_at.at >= r.first_complete_at) THEN 'certain' ELSE 'possible' END,
    min(i.start_at), nullif(max(i.end_at), 'infinity'), q.newest_read, q.stale_share, q.held_leaves
  FROM rollcall.every_stay i
  JOIN rollcall.roll_state r ON r.group_no = i.group_no
  CROSS JOIN rollcall.quality(audience_at.source, audience_at.group_id) q
  WHERE i.group_no = (SELECT rollcall.group_number(audience_at.source, audience_at.group_id))
    AND i.end_at > audience_at.at
    AND (i.start_at <= audience_at.at
      OR coalesce(i.start_not_before, '-infinity') <= audience_at.at AND i.joined_at IS DISTINCT FROM i.start_at)
  GROUP BY i.account_id, q.newest_read, q.stale_share, q.held_leaves
  ORDER BY 2, 1
$$;

-- What changed in a group in [since, until), its members and itself, and which run saw it.
CREATE FUNCTION rollcall.changes_between(source text, group_id text, since timestamptz, until timestamptz)
RETURNS TABLE (at timestamptz, not_before timestamptz, account_id text, kind text, old jsonb, new jsonb, run_id integer,
  run_started_at timestamptz, newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT c.at, c.not_before, c.account_id, c.kind, c.old, c.new, c.run_id, r.started_at, q.newest_read, q.stale_share, q.held_leaves
  FROM (
    SELECT m.at, m.not_before, m.account_id, m.kind, m.old, m.new, m.run_id, m.id
    FROM rollcall.member_changes m WHERE m.source = changes_between.source AND m.group_id = changes_between.group_id
    UNION ALL
    SELECT e.at, e.not_before, NULL, e.kind, e.old, e.new, e.run_id, e.id
    FROM rollcall.group_changes e WHERE e.source = changes_between.source AND e.group_id = changes_between.group_id
  ) c
  LEFT JOIN rollcall.run r ON r.run_no = c.run_id
  CROSS JOIN rollcall.quality(changes_between.source, changes_between.group_id) q
  WHERE c.at >= changes_between.since AND c.at < changes_between.until
  ORDER BY c.at, c.account_id NULLS FIRST, c.id
$$;

-- Between which two reads each leave of an account from a group happened: the last read with it and the first without.
CREATE FUNCTION rollcall.leave_reads(source text, group_id text, account_id text)
RETURNS TABLE (last_seen_at timestamptz, last_seen_run_id integer, gone_at timestamptz, gone_run_id integer, within interval,
  newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT t.end_not_before,
    (SELECT e.run_no FROM rollcall.group_read e JOIN rollcall.run r USING (run_no)
     WHERE r.source_no = g.source_no AND r.run_no BETWEEN t.start_run AND t.end_run AND e.group_id = g.group_id
       AND e.began_at = t.end_not_before ORDER BY e.run_no LIMIT 1),
    t.end_at, t.end_run, t.end_at - t.end_not_before, q.newest_read, q.stale_share, q.held_leaves
  FROM rollcall.stay t
  JOIN rollcall.chat_group g ON g.group_no = t.group_no
  CROSS JOIN rollcall.quality(leave_reads.source, leave_reads.group_id) q
  WHERE t.group_no = (SELECT rollcall.group_number(leave_reads.source, leave_reads.group_id)) AND t.account_id = leave_reads.account_id
  ORDER BY t.end_at
$$;

-- ---------------------------------------------------------------------------------------------------------------------
-- Growth and churn. joins are real: a complete read had been made without the member. backlog came with a first reading.

-- How many members a source or (group given) a group has now, by what its reads have established.
CREATE FUNCTION rollcall.size_now(of_source integer, of_group integer) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN of_group IS NULL
    THEN (SELECT coalesce(sum(r.rows), 0) FROM rollcall.roll_state r JOIN rollcall.chat_group g USING (group_no) WHERE g.source_no = of_source)
    ELSE (SELECT coalesce(sum(r.rows), 0) FROM rollcall.roll_state r WHERE r.group_no = of_group) END
$$;

-- Joins, leaves and members at the end of every day, week or month of a zone, of a group or (group null) of a source. The
-- members of a day are those of today less what has come and gone since: recent days are read, not all days there were.
CREATE FUNCTION rollcall.growth(source text, group_id text, since date, until date, zone text DEFAULT 'UTC', step text DEFAULT 'day')
RETURNS TABLE (bucket date, joins bigint, backlog bigint, leaves bigint, net bigint, members bigint,
  newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH k AS MATERIALIZED (
    SELECT rollcall.boundaries(growth.since, growth.until, growth.zone, growth.step) AS at,
      rollcall.source_number(growth.source) AS source_no,
      CASE WHEN growth.group_id IS NOT NULL THEN coalesce(rollcall.group_number(growth.source, growth.group_id), -1) END AS group_no
  ), counted AS MATERIALIZED (
    SELECT width_bucket(f.at, k.at) AS n, sum(f.joins) AS joins, sum(f.backlog) AS backlog, sum(f.leaves) AS leaves
    FROM k CROSS JOIN LATERAL rollcall.facts(k.source_no, k.group_no, k.at[1]) f
    GROUP BY 1
  )
  SELECT c.bucket, coalesce(n.joins, 0), coalesce(n.backlog, 0), coalesce(n.leaves, 0),
    coalesce(n.joins + n.backlog - n.leaves, 0),
    (SELECT rollcall.size_now(k.source_no, k.group_no) FROM k)
      - (SELECT coalesce(sum(z.joins + z.backlog - z.leaves), 0) FROM counted z)::bigint
      + (sum(coalesce(n.joins + n.backlog - n.leaves, 0)) OVER (ORDER BY c.n))::bigint,
    q.newest_read, q.stale_share, q.held_leaves
  FROM rollcall.calendar(growth.since, growth.until, growth.zone, growth.step) c
  LEFT JOIN counted n ON n.n = c.n
  CROSS JOIN rollcall.quality(growth.source, growth.group_id) q
  ORDER BY c.bucket
$$;

-- The days of each group on which something changed (only_group null: of all groups).
CREATE FUNCTION rollcall.daily_facts(source text, only_group text, since date, until date, zone text DEFAULT 'UTC')
RETURNS TABLE (group_id text, day date, joins bigint, backlog bigint, leaves bigint,
  newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT g.group_id, c.bucket, e.joins, e.backlog, e.leaves, d.newest_read, d.stale::int::numeric, d.held_leaves
  FROM (
    SELECT x.group_no, width_bucket(x.at, (SELECT rollcall.boundaries(daily_facts.since, daily_facts.until, daily_facts.zone, 'day'))) AS n,
      sum(x.joins)::bigint AS joins, sum(x.backlog)::bigint AS backlog, sum(x.leaves)::bigint AS leaves
    FROM (
      SELECT s.group_no, s.start_at AS at, (NOT s.backlog)::int AS joins, s.backlog::int AS backlog, 0 AS leaves FROM rollcall.every_stay s
      UNION ALL
      SELECT t.group_no, t.end_at, 0, 0, 1 FROM rollcall.stay t
    ) x
    WHERE CASE WHEN daily_facts.only_group IS NULL THEN true
      ELSE x.group_no = (SELECT rollcall.group_number(daily_facts.source, daily_facts.only_group)) END
    GROUP BY 1, 2
  ) e
  JOIN rollcall.calendar(daily_facts.since, daily_facts.until, daily_facts.zone, 'day') c ON c.n = e.n
  JOIN rollcall.chat_group g ON g.group_no = e.group_no
  JOIN rollcall.source s ON s.source_no = g.source_no
  JOIN rollcall.data_quality d ON d.source = s.name AND d.group_id = g.group_id
  WHERE s.name = daily_facts.source
  ORDER BY c.bucket, g.group_id
$$;

-- Which groups grew or shrank most in [since, until): absolute, and in percent of the members just before it.
CREATE FUNCTION rollcall.growth_ranking(source text, since timestamptz, until timestamptz, most integer DEFAULT 50)
RETURNS TABLE (group_id text, name text, members_before bigint, joins bigint, backlog bigint, leaves bigint, net bigint,
  percent numeric, newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT g.group_id, g.name, n.before, n.joins, n.backlog, n.leaves, n.joins + n.backlog - n.leaves,
    round(100.0 * (n.joins + n.backlog - n.leaves) / nullif(n.before, 0), 1), d.newest_read, d.stale::int::numeric, d.held_leaves
  FROM (
    SELECT s.group_no,
      count(*) FILTER (WHERE s.start_at < growth_ranking.since) AS before,
      count(*) FILTER (WHERE s.start_at >= growth_ranking.since AND NOT s.backlog) AS joins,
      count(*) FILTER (WHERE s.start_at >= growth_ranking.since AND s.backlog) AS backlog,
      count(*) FILTER (WHERE s.end_at < growth_ranking.until) AS leaves
    FROM rollcall.every_stay s
    WHERE s.end_at >= growth_ranking.since AND s.start_at < growth_ranking.until
    GROUP BY s.group_no
  ) n
  JOIN rollcall.chat_group g ON g.group_no = n.group_no
  JOIN rollcall.source s ON s.source_no = g.source_no AND s.name = growth_ranking.source
  JOIN rollcall.data_quality d ON d.source = s.name AND d.group_id = g.group_id
  WHERE n.joins + n.backlog <> n.leaves
  ORDER BY abs(n.joins + n.backlog - n.leaves) DESC, g.group_id LIMIT growth_ranking.most
$$;

-- Churn by month: who left, of those who were members when the month began. by: source, type, or size (the group's when
-- the month began).
CREATE FUNCTION rollcall.churn(source text, since date, until date, zone text DEFAULT 'UTC', by text DEFAULT 'source')
RETURNS TABLE (month date, part text, members_at_start bigint, leaves bigint, churn_percent numeric,
  newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH b AS MATERIALIZED (
    SELECT rollcall.boundaries(churn.since, churn.until, churn.zone, 'month') AS at, rollcall.source_number(churn.source) AS source_no
  ), counted AS (
    SELECT 0 AS group_no, width_bucket(f.at, b.at) AS n, sum(f.joins + f.backlog) AS came, sum(f.leaves) AS went
    FROM b CROSS JOIN LATERAL rollcall.facts(b.source_no, NULL, '-infinity') f WHERE churn.by = 'source' GROUP BY 1, 2
    UNION ALL
    SELECT e.group_no, e.n, sum(e.came), sum(e.went)
    FROM (
      SELECT s.group_no, width_bucket(s.start_at, (SELECT b.at FROM b)) AS n, count(*) AS came, 0::bigint AS went
      FROM rollcall.every_stay s WHERE churn.by <> 'source' GROUP BY 1, 2
      UNION ALL
      SELECT t.group_no, width_bucket(t.end_at, (SELECT b.at FROM b)), 0, count(*) FROM rollcall.stay t WHERE churn.by <> 'source' GROUP BY 1, 2
    ) e
    GROUP BY 1, 2
  ), months AS (
    SELECT x.group_no, c.n, c.bucket, coalesce(k.came, 0) AS came, coalesce(k.went, 0) AS went
    FROM (SELECT DISTINCT group_no FROM counted) x
    CROSS JOIN (SELECT n, bucket FROM rollcall.calendar(churn.since, churn.until, churn.zone, 'month') UNION ALL SELECT 0, NULL) c
    LEFT JOIN counted k ON k.group_no = x.group_no AND k.n = c.n
  ), sized AS (
    SELECT m.*, (sum(m.came - m.went) OVER (PARTITION BY m.group_no ORDER BY m.n) - m.came + m.went)::bigint AS at_start FROM months m
  )
  SELECT z.bucket,
    CASE churn.by WHEN 'source' THEN churn.source WHEN 'type' THEN g.type ELSE rollcall.size_band(z.at_start) END,
    sum(z.at_start)::bigint, sum(z.went)::bigint, round(100 * sum(z.went) / nullif(sum(z.at_start), 0), 2),
    q.newest_read, q.stale_share, q.held_leaves
  FROM sized z
  CROSS JOIN b
  LEFT JOIN rollcall.chat_group g ON g.group_no = z.group_no
  CROSS JOIN rollcall.quality(churn.source) q
  WHERE z.n > 0 AND (churn.by = 'source' OR g.source_no = b.source_no)
  GROUP BY 1, 2, 6, 7, 8
  HAVING sum(z.at_start) > 0 OR sum(z.went) > 0
  ORDER BY 1, 2
$$;

-- Of those who left in [since, until): how many came back into the same group, and after how long.
CREATE FUNCTION rollcall.comebacks(source text, since timestamptz, until timestamptz)
RETURNS TABLE (came_back text, leaves bigint, share numeric, median_days numeric,
  newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT k.label, count(x.end_at), round(count(x.end_at)::numeric / nullif(sum(count(x.end_at)) OVER (), 0), 4),
    round((percentile_cont(0.5) WITHIN GROUP (ORDER BY x.seconds) / 86400)::numeric, 2), q.newest_read, q.stale_share, q.held_leaves
  FROM (VALUES (1, 'within a day', 0, 86400), (2, 'within 7 days', 86400, 604800), (3, 'within 30 days', 604800, 2592000),
    (4, 'within 90 days', 2592000, 7776000), (5, 'later', 7776000, NULL), (6, 'not yet', NULL, NULL)) k (n, label, least_s, below_s)
  LEFT JOIN (
    SELECT t.end_at, extract(epoch FROM back.at - t.end_at)::float8 AS seconds
    FROM rollcall.stay t
    JOIN rollcall.chat_group g ON g.group_no = t.group_no
    CROSS JOIN LATERAL (
      SELECT min(n.start_at) AS at FROM rollcall.every_stay n
      WHERE n.group_no = t.group_no AND n.account_id = t.account_id AND n.start_at >= t.end_at
    ) back
    WHERE t.end_at >= comebacks.since AND t.end_at < comebacks.until
      AND g.source_no = (SELECT rollcall.source_number(comebacks.source))
  ) x ON CASE WHEN k.least_s IS NULL THEN x.seconds IS NULL
    ELSE x.seconds >= k.least_s AND (k.below_s IS NULL OR x.seconds < k.below_s) END
  CROSS JOIN rollcall.quality(comebacks.source) q
  GROUP BY k.n, k.label, q.newest_read, q.stale_share, q.held_leaves
  ORDER BY k.n
$$;

-- Days on which joins or leaves lie far above what is usual: above the median plus factor times the spread (1.4826 x the
-- median deviation, at least the square root of the median, at least 1).
CREATE FUNCTION rollcall.abnormal_days(source text, group_id text, since date, until date, zone text DEFAULT 'UTC',
  factor numeric DEFAULT 5)
RETURNS TABLE (day date, kind text, count bigint, usual numeric, threshold numeric,
  newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH days AS MATERIALIZED (
    SELECT g.bucket, k.kind, CASE k.kind WHEN 'joins' THEN g.joins ELSE g.leaves END AS n, g.newest_read, g.stale_share, g.held_leaves
    FROM rollcall.growth(abnormal_days.source, abnormal_days.group_id, abnormal_days.since, abnormal_days.until, abnormal_days.zone, 'day') g
    CROSS JOIN (VALUES ('joins'), ('leaves')) k (kind)
  ), middle AS (
    SELECT d.kind, percentile_cont(0.5) WITHIN GROUP (ORDER BY d.n) AS median FROM days d GROUP BY d.kind
  ), usual AS (
    SELECT m.kind, m.median, 1.4826 * percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(d.n - m.median)) AS spread
    FROM middle m JOIN days d ON d.kind = m.kind GROUP BY m.kind, m.median
  ), bound AS (
    SELECT u.kind, u.median, u.median + abnormal_days.factor::float8 * greatest(u.spread, sqrt(u.median), 1) AS above FROM usual u
  )
  SELECT d.bucket, d.kind, d.n, round(b.median::numeric, 1), round(b.above::numeric, 1), d.newest_read, d.stale_share, d.held_leaves
  FROM days d JOIN bound b ON b.kind = d.kind WHERE d.n > b.above
  ORDER BY d.bucket, d.kind
$$;

-- By the day on which Rollcall saw them: real joins, and first readings that only look like joins.
CREATE FUNCTION rollcall.backlog(source text, since date, until date, zone text DEFAULT 'UTC')
RETURNS TABLE (day date, joins bigint, first_seen bigint, backlog_share numeric, leaves bigint,
  newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH span AS MATERIALIZED (
    SELECT rollcall.boundaries(backlog.since, backlog.until, backlog.zone, 'day') AS at,
      backlog.since::timestamp AT TIME ZONE backlog.zone AS starts, backlog.until::timestamp AT TIME ZONE backlog.zone AS ends
  ), those AS MATERIALIZED (
    SELECT r.run_no FROM rollcall.run r, span
    WHERE r.source_no = (SELECT rollcall.source_number(backlog.source)) AND r.started_at < span.ends
      AND (r.finished_at IS NULL OR r.finished_at >= span.starts)
  ), seen AS (
    SELECT m.first_seen_at AS at, m.start_not_before IS NULL AS first, false AS leave
    FROM rollcall.member m WHERE m.start_run = ANY (ARRAY(SELECT run_no FROM those))
    UNION ALL
    SELECT t.first_seen_at, t.start_not_before IS NULL, false FROM rollcall.stay t
    WHERE t.end_run >= (SELECT min(run_no) FROM those) AND t.start_run = ANY (ARRAY(SELECT run_no FROM those))
    UNION ALL
    SELECT coalesce(e.ended_at, t.end_at), false, true FROM rollcall.stay t
    JOIN rollcall.chat_group g ON g.group_no = t.group_no
    LEFT JOIN rollcall.group_read e ON e.run_no = t.end_run AND e.group_id = g.group_id
    WHERE t.end_run = ANY (ARRAY(SELECT run_no FROM those))
  ), counted AS (
    SELECT width_bucket(seen.at, span.at) AS n, count(*) FILTER (WHERE NOT seen.first AND NOT seen.leave) AS joins,
      count(*) FILTER (WHERE seen.first) AS first_seen, count(*) FILTER (WHERE seen.leave) AS leaves
    FROM seen, span GROUP BY 1
  )
  SELECT c.bucket, coalesce(n.joins, 0), coalesce(n.first_seen, 0),
    round(n.first_seen::numeric / nullif(n.joins + n.first_seen, 0), 4), coalesce(n.leaves, 0),
    q.newest_read, q.stale_share, q.held_leaves
  FROM rollcall.calendar(backlog.since, backlog.until, backlog.zone, 'day') c
  LEFT JOIN counted n ON n.n = c.n
  CROSS JOIN rollcall.quality(backlog.source) q
  ORDER BY c.bucket
$$;

-- ---------------------------------------------------------------------------------------------------------------------
-- Retention and tenure. Only real joins count: of a backlog nobody knows who had left before. A week is 168 hours.

-- Of those who joined in a week: the share that is still in 1, 4 and 12 weeks after the own join; null where the newest
-- read is too old to tell for all of them.
CREATE FUNCTION rollcall.cohorts(source text, group_id text, since date, until date, zone text DEFAULT 'UTC')
RETURNS TABLE (week date, joined bigint, after_1_week numeric, after_4_weeks numeric, after_12_weeks numeric, backlog bigint,
  newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH b AS MATERIALIZED (SELECT rollcall.boundaries(cohorts.since, cohorts.until, cohorts.zone, 'week') AS at),
  counted AS (
    SELECT width_bucket(s.start_at, (SELECT b.at FROM b)) AS n, count(s.start_not_before) AS joined,
      count(*) FILTER (WHERE s.start_not_before IS NOT NULL AND s.end_at > s.start_at + interval '168 hours') AS w1,
      count(*) FILTER (WHERE s.start_not_before IS NOT NULL AND s.end_at > s.start_at + interval '672 hours') AS w4,
      count(*) FILTER (WHERE s.start_not_before IS NOT NULL AND s.end_at > s.start_at + interval '2016 hours') AS w12,
      count(*) - count(s.start_not_before) AS backlog
    FROM rollcall.every_stay s
    WHERE s.start_at >= (SELECT b.at[1] FROM b) -- an upper bound too would make the planner expect next to nothing
      AND CASE WHEN cohorts.group_id IS NOT NULL
        THEN s.group_no = (SELECT rollcall.group_number(cohorts.source, cohorts.group_id))
        ELSE s.group_no IN (SELECT g.group_no FROM rollcall.chat_group g WHERE g.source_no = (SELECT rollcall.source_number(cohorts.source))) END
    GROUP BY 1
  )
  SELECT c.bucket, coalesce(n.joined, 0),
    CASE WHEN c.ends + interval '168 hours' <= q.newest_read THEN round(n.w1::numeric / nullif(n.joined, 0), 4) END,
    CASE WHEN c.ends + interval '672 hours' <= q.newest_read THEN round(n.w4::numeric / nullif(n.joined, 0), 4) END,
    CASE WHEN c.ends + interval '2016 hours' <= q.newest_read THEN round(n.w12::numeric / nullif(n.joined, 0), 4) END,
    coalesce(n.backlog, 0), q.newest_read, q.stale_share, q.held_leaves
  FROM rollcall.calendar(cohorts.since, cohorts.until, cohorts.zone, 'week') c
  LEFT JOIN counted n ON n.n = c.n
  CROSS JOIN rollcall.quality(cohorts.source, cohorts.group_id) q
  ORDER BY c.bucket
$$;

-- Kaplan-Meier survival of the stays that began in [since, until), in whole days: of those who were in for that many days,
-- who left within the day that follows, and the share of all that stays longer than that. A stay that goes on counts until
-- the newest read. by: all, group, role (the last one), month (of the join, in the zone).
CREATE FUNCTION rollcall.survival(source text, by text, since timestamptz, until timestamptz, zone text DEFAULT 'UTC')
RETURNS TABLE (part text, day integer, at_risk bigint, ended bigint, censored bigint, survival numeric,
  newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH q AS MATERIALIZED (SELECT * FROM rollcall.quality(survival.source)),
  lengths AS (
    SELECT CASE survival.by WHEN 'group' THEN g.group_id WHEN 'role' THEN s.role::text
        WHEN 'month' THEN to_char(s.start_at AT TIME ZONE survival.zone, 'YYYY-MM') ELSE 'all' END AS part,
      floor(extract(epoch FROM greatest(least(s.end_at, coalesce(q.newest_read, rollcall.report_now())), s.start_at) - s.start_at)
        / 86400)::integer AS day,
      s.end_at < 'infinity' AS is_over
    FROM rollcall.every_stay s
    JOIN rollcall.chat_group g ON g.group_no = s.group_no AND g.source_no = (SELECT rollcall.source_number(survival.source))
    CROSS JOIN q
    WHERE NOT s.backlog AND s.start_at >= survival.since AND s.start_at < survival.until
  ), days AS (
    SELECT l.part, l.day, count(*) FILTER (WHERE l.is_over) AS ended, count(*) FILTER (WHERE NOT l.is_over) AS censored
    FROM lengths l GROUP BY l.part, l.day
  ), risk AS (
    SELECT d.*, sum(d.ended + d.censored) OVER (PARTITION BY d.part ORDER BY d.day DESC) AS at_risk FROM days d
  )
  SELECT r.part, r.day, r.at_risk::bigint, r.ended, r.censored,
    round(CASE WHEN bool_or(r.ended = r.at_risk) OVER w THEN 0
      ELSE exp(sum(CASE WHEN r.ended < r.at_risk THEN ln(1 - r.ended / r.at_risk) ELSE 0 END) OVER w) END, 4),
    q.newest_read, q.stale_share, q.held_leaves
  FROM risk r CROSS JOIN q
  WINDOW w AS (PARTITION BY r.part ORDER BY r.day)
  ORDER BY r.part, r.day
$$;

-- How long people stay: the median from the survival curve (null while more than half are still in) and its base.
CREATE FUNCTION rollcall.tenure(source text, by text, since timestamptz, until timestamptz, zone text DEFAULT 'UTC')
RETURNS TABLE (part text, stays bigint, still_in bigint, median_days integer,
  newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT v.part, sum(v.ended + v.censored)::bigint, sum(v.censored)::bigint, min(v.day) FILTER (WHERE v.survival <= 0.5),
    v.newest_read, v.stale_share, v.held_leaves
  FROM rollcall.survival(tenure.source, tenure.by, tenure.since, tenure.until, tenure.zone) v
  GROUP BY v.part, v.newest_read, v.stale_share, v.held_leaves
  ORDER BY 2 DESC, 1
$$;

-- The longest-tenured or the newest of today's members (pick: longest or newest). at_least: in since before the first
-- reading, and the vendor gives no join time.
CREATE FUNCTION rollcall.tenure_ranking(source text, only_group text, pick text DEFAULT 'longest', most integer DEFAULT 50)
RETURNS TABLE (group_id text, account_id text, role text, start_at timestamptz, days numeric, at_least boolean,
  newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT g.group_id, m.account_id, m.role::text, m.start_at,
    round((extract(epoch FROM rollcall.report_now() - m.start_at) / 86400)::numeric, 1),
    m.start_not_before IS NULL AND m.joined_at IS DISTINCT FROM m.start_at, d.newest_read, d.stale::int::numeric, d.held_leaves
  FROM rollcall.member m
  JOIN rollcall.chat_group g ON g.group_no = m.group_no
  JOIN rollcall.source s ON s.source_no = g.source_no
  JOIN rollcall.data_quality d ON d.source = s.name AND d.group_id = g.group_id
  WHERE s.name = tenure_ranking.source AND (tenure_ranking.only_group IS NULL OR g.group_id = tenure_ranking.only_group)
  ORDER BY CASE WHEN tenure_ranking.pick = 'newest' THEN -extract(epoch FROM m.start_at) ELSE extract(epoch FROM m.start_at) END,
    g.group_id, m.account_id LIMIT tenure_ranking.most
$$;

-- Of those who joined in [since, until): the share still in after so many weeks, by the size of the group just before the
-- join (by size) or by its owner at the time (by owner). Joins too young to tell are left out.
CREATE FUNCTION rollcall.retention_by(source text, by text, since timestamptz, until timestamptz, weeks integer DEFAULT 4)
RETURNS TABLE (part text, joined bigint, still_in bigint, share numeric,
  newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH q AS MATERIALIZED (SELECT * FROM rollcall.quality(retention_by.source)),
  own AS MATERIALIZED (SELECT g.* FROM rollcall.chat_group g WHERE g.source_no = (SELECT rollcall.source_number(retention_by.source))),
  events AS (
    SELECT s.group_no, s.start_at AS at, 1 AS step, s.end_at, NOT s.backlog AS is_join FROM rollcall.every_stay s JOIN own USING (group_no)
    UNION ALL
    SELECT t.group_no, t.end_at, -1, NULL, false FROM rollcall.stay t JOIN own USING (group_no)
  ), sized AS (
    SELECT e.*, CASE WHEN retention_by.by = 'size' THEN coalesce(sum(e.step) OVER (PARTITION BY e.group_no ORDER BY e.at
      RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE GROUP), 0) END AS before
    FROM events e
  )
  SELECT CASE WHEN retention_by.by = 'size' THEN rollcall.size_band(z.before)
      ELSE coalesce(CASE WHEN o.id IS NULL THEN g.owner_id ELSE o.old ->> 'owner_id' END, 'nobody') END,
    count(*), count(*) FILTER (WHERE z.end_at > z.at + retention_by.weeks * interval '168 hours'),
    round(count(*) FILTER (WHERE z.end_at > z.at + retention_by.weeks * interval '168 hours')::numeric / count(*), 4),
    q.newest_read, q.stale_share, q.held_leaves
  FROM sized z
  JOIN own g ON g.group_no = z.group_no
  CROSS JOIN q
  LEFT JOIN LATERAL (
    SELECT e.id, e.old FROM rollcall.group_event e
    WHERE retention_by.by <> 'size' AND e.group_no = z.group_no AND e.kind = 'owner' AND e.at > z.at ORDER BY e.id LIMIT 1
  ) o ON true
  WHERE z.is_join AND z.at >= retention_by.since AND z.at < retention_by.until
    AND z.at + retention_by.weeks * interval '168 hours' <= q.newest_read
  GROUP BY 1, 5, 6, 7
  ORDER BY 2 DESC, 1
$$;

-- ---------------------------------------------------------------------------------------------------------------------
-- Overlap and reach.

-- How many members a group had at a moment. After its last read that is what the roll holds.
CREATE FUNCTION rollcall.size_at(of_group integer, moment timestamptz) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN moment >= r.read_ended_at THEN r.rows ELSE
    (SELECT count(*) FROM rollcall.member m WHERE m.group_no = of_group AND m.start_at <= moment)
      + (SELECT count(*) FROM rollcall.stay t WHERE t.group_no = of_group AND t.end_at > moment AND t.start_at <= moment) END
  FROM rollcall.roll_state r WHERE r.group_no = of_group
$$;

-- The members of one group shared with every other group of the source, at a moment. jaccard: shared / in either.
CREATE FUNCTION rollcall.overlap_of(source text, with_group text, at timestamptz DEFAULT rollcall.report_now())
RETURNS TABLE (group_id text, name text, shared bigint, jaccard numeric, share_of_ours numeric, members bigint,
  newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH ours AS MATERIALIZED (
    SELECT a.account_id, a.group_no FROM rollcall.every_stay a
    WHERE a.group_no = (SELECT rollcall.group_number(overlap_of.source, overlap_of.with_group))
      AND a.start_at <= overlap_of.at AND a.end_at > overlap_of.at
  ), shared AS (
    SELECT b.group_no, count(*) AS shared
    FROM (
      SELECT m.group_no FROM ours a JOIN rollcall.member m ON m.account_id = a.account_id AND m.group_no <> a.group_no
      WHERE m.start_at <= overlap_of.at
      UNION ALL
      SELECT t.group_no FROM ours a JOIN rollcall.stay t ON t.account_id = a.account_id AND t.group_no <> a.group_no
      WHERE t.start_at <= overlap_of.at AND t.end_at > overlap_of.at
        AND overlap_of.at < (SELECT max(r.read_ended_at) FROM rollcall.roll_state r) -- nothing ends after the last read
    ) b
    GROUP BY b.group_no
  )
  SELECT g.group_id, g.name, s.shared, round(s.shared::numeric / (n.members + o.members - s.shared), 4),
    round(s.shared::numeric / o.members, 4), n.members, d.newest_read, d.stale::int::numeric, d.held_leaves
  FROM shared s
  JOIN rollcall.chat_group g ON g.group_no = s.group_no
  JOIN rollcall.source x ON x.source_no = g.source_no AND x.name = overlap_of.source
  JOIN rollcall.data_quality d ON d.source = x.name AND d.group_id = g.group_id
  CROSS JOIN (SELECT count(*) AS members FROM ours) o
  CROSS JOIN LATERAL (SELECT rollcall.size_at(s.group_no, overlap_of.at) AS members OFFSET 0) n
  ORDER BY 3 DESC, 1
$$;

-- The pairs of groups of a source that share most members at a moment, with what they shared at an earlier one.
CREATE FUNCTION rollcall.top_overlaps(source text, at timestamptz, before timestamptz DEFAULT NULL, most integer DEFAULT 50,
  least_shared integer DEFAULT 2)
RETURNS TABLE (group_a text, group_b text, shared bigint, jaccard numeric, members_a bigint, members_b bigint,
  shared_before bigint, newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH present AS MATERIALIZED (
    SELECT s.group_no, s.account_id FROM rollcall.every_stay s JOIN rollcall.chat_group g USING (group_no)
    WHERE g.source_no = (SELECT rollcall.source_number(top_overlaps.source)) AND s.start_at <= top_overlaps.at
      AND s.end_at > top_overlaps.at
  ), sizes AS (
    SELECT group_no, count(*) AS members FROM present GROUP BY group_no
  ), pairs AS (
    SELECT a.group_no AS a, b.group_no AS b, count(*) AS shared
    FROM present a JOIN present b ON b.account_id = a.account_id AND b.group_no > a.group_no
    GROUP BY 1, 2 HAVING count(*) >= top_overlaps.least_shared ORDER BY 3 DESC, 1, 2 LIMIT top_overlaps.most
  )
  SELECT ga.group_id, gb.group_id, p.shared, round(p.shared::numeric / (sa.members + sb.members - p.shared), 4), sa.members, sb.members,
    CASE WHEN top_overlaps.before IS NOT NULL THEN (
      SELECT count(*) FROM rollcall.every_stay x JOIN rollcall.every_stay y ON y.group_no = p.b AND y.account_id = x.account_id
      WHERE x.group_no = p.a AND x.start_at <= top_overlaps.before AND x.end_at > top_overlaps.before
        AND y.start_at <= top_overlaps.before AND y.end_at > top_overlaps.before) END,
    q.newest_read, q.stale_share, q.held_leaves
  FROM pairs p
  JOIN sizes sa ON sa.group_no = p.a
  JOIN sizes sb ON sb.group_no = p.b
  JOIN rollcall.chat_group ga ON ga.group_no = p.a
  JOIN rollcall.chat_group gb ON gb.group_no = p.b
  CROSS JOIN rollcall.quality(top_overlaps.source) q
  ORDER BY p.shared DESC, 4 DESC, 1, 2
$$;

-- How many distinct people a source reaches at a moment: in all, and by the number of groups they are in.
CREATE FUNCTION rollcall.reach(source text, at timestamptz DEFAULT rollcall.report_now())
RETURNS TABLE (groups text, people bigint, share numeric, newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH people AS (
    SELECT count(*) AS n FROM rollcall.every_stay s JOIN rollcall.chat_group g USING (group_no)
    WHERE g.source_no = (SELECT rollcall.source_number(reach.source)) AND s.start_at <= reach.at AND s.end_at > reach.at
    GROUP BY s.account_id
  ), counted AS (
    SELECT count(*) AS everybody, count(*) FILTER (WHERE p.n = 1) AS one,
      count(*) FILTER (WHERE p.n BETWEEN 2 AND 5) AS few, count(*) FILTER (WHERE p.n > 5) AS many
    FROM people p
  )
  SELECT k.label, k.people, round(k.people::numeric / nullif(c.everybody, 0), 4), q.newest_read, q.stale_share, q.held_leaves
  FROM counted c
  CROSS JOIN LATERAL (VALUES (1, 'any', c.everybody), (2, '1', c.one), (3, '2-5', c.few), (4, '6+', c.many)) k (n, label, people)
  CROSS JOIN rollcall.quality(reach.source) q
  ORDER BY k.n
$$;

-- Who is in most groups at a moment.
CREATE FUNCTION rollcall.most_groups(source text, at timestamptz DEFAULT rollcall.report_now(), most integer DEFAULT 50)
RETURNS TABLE (account_id text, groups bigint, since timestamptz, newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT s.account_id, count(*), min(s.start_at), q.newest_read, q.stale_share, q.held_leaves
  FROM rollcall.every_stay s JOIN rollcall.chat_group g USING (group_no)
  CROSS JOIN rollcall.quality(most_groups.source) q
  WHERE g.source_no = (SELECT rollcall.source_number(most_groups.source)) AND s.start_at <= most_groups.at AND s.end_at > most_groups.at
  GROUP BY s.account_id, q.newest_read, q.stale_share, q.held_leaves
  ORDER BY 2 DESC, 1 LIMIT most_groups.most
$$;

-- Who joined more than so many groups in one day of a zone (real joins only).
CREATE FUNCTION rollcall.busy_joiners(source text, since date, until date, zone text DEFAULT 'UTC', more_than integer DEFAULT 10)
RETURNS TABLE (account_id text, day date, joins bigint, newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT s.account_id, (s.start_at AT TIME ZONE busy_joiners.zone)::date, count(*), q.newest_read, q.stale_share, q.held_leaves
  FROM rollcall.every_stay s JOIN rollcall.chat_group g USING (group_no)
  CROSS JOIN rollcall.quality(busy_joiners.source) q
  WHERE g.source_no = (SELECT rollcall.source_number(busy_joiners.source)) AND NOT s.backlog
    AND s.start_at >= busy_joiners.since::timestamp AT TIME ZONE busy_joiners.zone
    AND s.start_at < busy_joiners.until::timestamp AT TIME ZONE busy_joiners.zone
  GROUP BY 1, 2, 4, 5, 6 HAVING count(*) > busy_joiners.more_than
  ORDER BY 3 DESC, 2, 1
$$;

-- The members of one group who are not in another, at a moment.
CREATE FUNCTION rollcall.only_in(source text, group_a text, group_b text, at timestamptz DEFAULT rollcall.report_now())
RETURNS TABLE (account_id text, last_role text, start_at timestamptz, newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT a.account_id, a.role::text, a.start_at, q.newest_read, q.stale_share, q.held_leaves
  FROM rollcall.every_stay a CROSS JOIN rollcall.quality(only_in.source, only_in.group_a) q
  WHERE a.group_no = (SELECT rollcall.group_number(only_in.source, only_in.group_a)) AND a.start_at <= only_in.at AND a.end_at > only_in.at
    AND NOT EXISTS (
      SELECT FROM rollcall.every_stay b
      WHERE b.group_no = (SELECT rollcall.group_number(only_in.source, only_in.group_b)) AND b.account_id = a.account_id
        AND b.start_at <= only_in.at AND b.end_at > only_in.at)
  ORDER BY a.account_id
$$;

-- Who bridges two groups: in both at a moment, and since when.
CREATE FUNCTION rollcall.bridges(source text, group_a text, group_b text, at timestamptz DEFAULT rollcall.report_now())
RETURNS TABLE (account_id text, last_role_a text, last_role_b text, since timestamptz,
  newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT a.account_id, a.role::text, b.role::text, greatest(a.start_at, b.start_at), q.newest_read, q.stale_share, q.held_leaves
  FROM rollcall.every_stay a
  JOIN rollcall.every_stay b ON b.account_id = a.account_id
  CROSS JOIN rollcall.quality(bridges.source, bridges.group_a) q
  WHERE a.group_no = (SELECT rollcall.group_number(bridges.source, bridges.group_a)) AND a.start_at <= bridges.at AND a.end_at > bridges.at
    AND b.group_no = (SELECT rollcall.group_number(bridges.source, bridges.group_b)) AND b.start_at <= bridges.at AND b.end_at > bridges.at
  ORDER BY a.account_id
$$;

-- ---------------------------------------------------------------------------------------------------------------------
-- Inactivity and hygiene.

-- Members who have not spoken for so many days. known is false where the vendor gives no last message for anybody in the
-- group: then silence says nothing.
CREATE FUNCTION rollcall.silent_members(source text, only_group text, days integer)
RETURNS TABLE (group_id text, account_id text, role text, last_spoke_at timestamptz, silent_days integer, known boolean,
  newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT g.group_id, m.account_id, m.role::text, m.last_spoke_at,
    floor(extract(epoch FROM rollcall.report_now() - greatest(m.last_spoke_at, m.start_at)) / 86400)::integer,
    k.known, d.newest_read, d.stale::int::numeric, d.held_leaves
  FROM rollcall.chat_group g
  JOIN rollcall.source s ON s.source_no = g.source_no
  JOIN rollcall.data_quality d ON d.source = s.name AND d.group_id = g.group_id
  JOIN rollcall.member m ON m.group_no = g.group_no
  CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT FROM rollcall.member x WHERE x.group_no = g.group_no AND x.last_spoke_at IS NOT NULL) AS known OFFSET 0
  ) k
  WHERE s.name = silent_members.source AND (silent_members.only_group IS NULL OR g.group_id = silent_members.only_group)
    AND greatest(m.last_spoke_at, m.start_at) <= rollcall.report_now() - silent_members.days * interval '24 hours'
  ORDER BY 5 DESC, 1, 2
$$;

-- Groups that stand and want attention: empty, a single member, nobody as owner, nobody as owner or admin.
CREATE VIEW rollcall.hygiene AS
SELECT s.name AS source, g.group_id, g.name, coalesce(c.members, 0) AS members, coalesce(c.owners, 0) AS owners,
  coalesce(c.admins, 0) AS admins,
  array_remove(ARRAY[
    CASE WHEN coalesce(c.members, 0) = 0 THEN 'empty' END,
    CASE WHEN c.members = 1 THEN 'one member' END,
    CASE WHEN coalesce(c.owners, 0) = 0 THEN 'no owner' END,
    CASE WHEN coalesce(c.owners + c.admins, 0) = 0 THEN 'nobody in charge' END], NULL) AS findings,
  d.newest_read, d.stale, d.held_leaves
FROM rollcall.chat_group g
JOIN rollcall.source s USING (source_no)
JOIN rollcall.data_quality d ON d.source = s.name AND d.group_id = g.group_id
LEFT JOIN (
  SELECT m.group_no, count(*) AS members, count(*) FILTER (WHERE m.role = 'owner') AS owners,
    count(*) FILTER (WHERE m.role = 'admin') AS admins
  FROM rollcall.member m GROUP BY m.group_no
) c ON c.group_no = g.group_no
WHERE g.dissolved_at IS NULL AND d.newest_read IS NOT NULL AND (coalesce(c.members, 0) < 2 OR c.owners = 0);

-- Who is muted, until when and since when; at_least: muted already when Rollcall first saw the stay.
CREATE VIEW rollcall.muted_members AS
SELECT s.name AS source, g.group_id, m.account_id, m.role::text AS role, m.muted_until, coalesce(e.at, m.start_at) AS since,
  e.id IS NULL AS at_least, d.newest_read, d.stale, d.held_leaves
FROM rollcall.member m
JOIN rollcall.chat_group g USING (group_no)
JOIN rollcall.source s USING (source_no)
JOIN rollcall.data_quality d ON d.source = s.name AND d.group_id = g.group_id
LEFT JOIN LATERAL (
  -- The newest edit that found the member not muted before it.
  SELECT c.id, c.at FROM rollcall.member_edit c
  WHERE m.edited AND c.group_no = m.group_no AND c.account_id = m.account_id AND c.kind = 'muted' AND c.id > m.join_id
    AND coalesce((c.old ->> 'muted_until')::timestamptz <= c.at, true)
  ORDER BY c.id DESC LIMIT 1
) e ON true
WHERE m.muted_until > rollcall.report_now();

-- Groups that are nearly full, and when they are at the growth of the last days (real joins less leaves).
CREATE FUNCTION rollcall.near_cap(source text, fill numeric DEFAULT 0.9, days integer DEFAULT 28)
RETURNS TABLE (group_id text, name text, members integer, max_members integer, filled numeric, growth_per_day numeric,
  full_at timestamptz, newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT g.group_id, g.name, r.rows, g.max_members, round(r.rows::numeric / g.max_members, 4), round(n.net::numeric / near_cap.days, 3),
    CASE WHEN r.rows >= g.max_members THEN rollcall.report_now()
      WHEN n.net > 0 THEN date_trunc('second', rollcall.report_now()
        + (g.max_members - r.rows) * (near_cap.days * interval '24 hours') / n.net::float8) END,
    d.newest_read, d.stale::int::numeric, d.held_leaves
  FROM rollcall.chat_group g
  JOIN rollcall.source s ON s.source_no = g.source_no
  JOIN rollcall.roll_state r ON r.group_no = g.group_no
  JOIN rollcall.data_quality d ON d.source = s.name AND d.group_id = g.group_id
  CROSS JOIN LATERAL (
    SELECT (SELECT count(*) FROM rollcall.every_stay x WHERE x.group_no = g.group_no AND NOT x.backlog
        AND x.start_at >= rollcall.report_now() - near_cap.days * interval '24 hours')
      - (SELECT count(*) FROM rollcall.stay y WHERE y.group_no = g.group_no
        AND y.end_at >= rollcall.report_now() - near_cap.days * interval '24 hours') AS net OFFSET 0
  ) n
  WHERE s.name = near_cap.source AND g.dissolved_at IS NULL AND g.max_members > 0 AND r.rows >= near_cap.fill * g.max_members
  ORDER BY 5 DESC, 1
$$;

-- ---------------------------------------------------------------------------------------------------------------------
-- Roles.

-- Every stretch of time with one role: a stay that was never edited is one, the others are cut at their role edits.
CREATE VIEW rollcall.role_span AS
SELECT s.group_no, s.account_id, s.role::text AS role, s.start_at, s.end_at, s.backlog AS first_seen, s.start_run AS run_no
FROM rollcall.every_stay s WHERE NOT s.edited
UNION ALL
SELECT s.group_no, s.account_id, c.role, c.start_at, c.end_at, s.backlog AND c.n = 0, coalesce(c.run_no, s.start_run)
FROM rollcall.every_stay s
CROSS JOIN LATERAL (
  SELECT e.n, e.role, e.at AS start_at, lead(e.at, 1, s.end_at) OVER (ORDER BY e.n) AS end_at, e.run_no
  FROM (
    SELECT 0::bigint AS n, s.start_at AS at, NULL::integer AS run_no, coalesce((
      SELECT o.old ->> 'role' FROM rollcall.member_edit o
      WHERE o.group_no = s.group_no AND o.account_id = s.account_id AND o.kind = 'role' AND o.id > s.join_id
        AND (s.left_id IS NULL OR o.id < s.left_id) ORDER BY o.id LIMIT 1), s.role::text) AS role
    UNION ALL
    SELECT o.id, least(o.at, s.end_at), o.run_no, o.new ->> 'role' FROM rollcall.member_edit o
    WHERE o.group_no = s.group_no AND o.account_id = s.account_id AND o.kind = 'role' AND o.id > s.join_id
      AND (s.left_id IS NULL OR o.id < s.left_id)
  ) e
) c
WHERE s.edited AND c.start_at < c.end_at;

-- Who became owner or admin, and who lost it, in [since, until); first_seen: had it when Rollcall first looked.
CREATE FUNCTION rollcall.role_changes(source text, only_group text, since timestamptz, until timestamptz)
RETURNS TABLE (at timestamptz, group_id text, account_id text, change text, role text, first_seen boolean,
  newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT c.at, g.group_id, r.account_id, c.change, r.role, c.first_seen, d.newest_read, d.stale::int::numeric, d.held_leaves
  FROM rollcall.role_span r
  JOIN rollcall.chat_group g ON g.group_no = r.group_no
  JOIN rollcall.source s ON s.source_no = g.source_no
  JOIN rollcall.data_quality d ON d.source = s.name AND d.group_id = g.group_id
  CROSS JOIN LATERAL (VALUES (r.start_at, 'got', r.first_seen), (r.end_at, 'lost', false)) c (at, change, first_seen)
  WHERE s.name = role_changes.source AND (role_changes.only_group IS NULL OR g.group_id = role_changes.only_group)
    AND r.role IN ('owner', 'admin') AND c.at >= role_changes.since AND c.at < role_changes.until
  ORDER BY 1, 2, 4 DESC, 3
$$;

-- The lives of a group: from when Rollcall first saw it (or saw it again) until it was dissolved, infinity while it stands.
CREATE VIEW rollcall.group_life AS
SELECT e.group_no, e.start_at, e.end_at, row_number() OVER (PARTITION BY e.group_no ORDER BY e.id) AS life
FROM (
  SELECT v.id, v.group_no, v.kind, v.at AS start_at, lead(v.at, 1, 'infinity') OVER (PARTITION BY v.group_no ORDER BY v.id) AS end_at
  FROM rollcall.group_event v WHERE v.kind IN ('created', 'dissolved', 'reappeared')
) e
WHERE e.kind <> 'dissolved';

-- When a group stood without anybody in a role (owner; admin; or in_charge for either), in [since, until) and as far as
-- it is proven.
CREATE FUNCTION rollcall.without_role(source text, only_group text, role text, since timestamptz, until timestamptz)
RETURNS TABLE (group_id text, from_at timestamptz, to_at timestamptz, lasted interval, goes_on boolean,
  newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT g.group_id, lower(gap), upper(gap), upper(gap) - lower(gap), upper(gap) = e.ends AND g.dissolved_at IS NULL,
    d.newest_read, d.stale::int::numeric, d.held_leaves
  FROM rollcall.chat_group g
  JOIN rollcall.source s ON s.source_no = g.source_no
  JOIN rollcall.data_quality d ON d.source = s.name AND d.group_id = g.group_id
  CROSS JOIN LATERAL (SELECT greatest(without_role.since, d.proven_from) AS starts, least(without_role.until, d.newest_read) AS ends) e
  CROSS JOIN LATERAL (
    SELECT range_agg(tstzrange(l.start_at, l.end_at)) * tstzmultirange(tstzrange(e.starts, greatest(e.starts, e.ends))) AS alive
    FROM rollcall.group_life l WHERE l.group_no = g.group_no
  ) a
  CROSS JOIN LATERAL (
    SELECT coalesce(range_agg(tstzrange(r.start_at, r.end_at)), '{}') AS held
    FROM rollcall.role_span r
    WHERE r.group_no = g.group_no
      AND CASE without_role.role WHEN 'in_charge' THEN r.role IN ('owner', 'admin') ELSE r.role = without_role.role END
  ) h
  CROSS JOIN LATERAL unnest(a.alive - h.held) gap
  WHERE s.name = without_role.source AND (without_role.only_group IS NULL OR g.group_id = without_role.only_group)
    AND d.proven_from IS NOT NULL
  ORDER BY 4 DESC, 1, 2
$$;

-- Owners, admins and plain members at the end of every day, week or month; ratio: owners and admins to plain members.
CREATE FUNCTION rollcall.role_ratio(source text, only_group text, since date, until date, zone text DEFAULT 'UTC', step text DEFAULT 'month')
RETURNS TABLE (bucket date, owners bigint, admins bigint, members bigint, ratio numeric,
  newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH b AS MATERIALIZED (SELECT rollcall.boundaries(role_ratio.since, role_ratio.until, role_ratio.zone, role_ratio.step) AS at),
  counted AS (
    SELECT width_bucket(c.at, b.at) AS n, sum(c.step) FILTER (WHERE r.role = 'owner') AS owners,
      sum(c.step) FILTER (WHERE r.role = 'admin') AS admins, sum(c.step) FILTER (WHERE r.role = 'member') AS members
    FROM rollcall.role_span r
    JOIN rollcall.chat_group g ON g.group_no = r.group_no
    CROSS JOIN b
    CROSS JOIN LATERAL (VALUES (r.start_at, 1), (r.end_at, -1)) c (at, step)
    WHERE g.source_no = (SELECT rollcall.source_number(role_ratio.source))
      AND (role_ratio.only_group IS NULL OR g.group_id = role_ratio.only_group)
    GROUP BY 1
  ), summed AS (
    SELECT c.n, c.bucket, coalesce(sum(k.owners) OVER w, 0)::bigint AS owners, coalesce(sum(k.admins) OVER w, 0)::bigint AS admins,
      coalesce(sum(k.members) OVER w, 0)::bigint AS members
    FROM (SELECT n, bucket FROM rollcall.calendar(role_ratio.since, role_ratio.until, role_ratio.zone, role_ratio.step)
      UNION ALL SELECT 0, NULL) c
    LEFT JOIN counted k ON k.n = c.n
    WINDOW w AS (ORDER BY c.n)
  )
  SELECT s.bucket, s.owners, s.admins, s.members, round((s.owners + s.admins)::numeric / nullif(s.members, 0), 4),
    q.newest_read, q.stale_share, q.held_leaves
  FROM summed s CROSS JOIN rollcall.quality(role_ratio.source, role_ratio.only_group) q
  WHERE s.n > 0 ORDER BY s.bucket
$$;

-- Who is owner or admin of more than so many groups now.
CREATE FUNCTION rollcall.many_admin(source text, more_than integer DEFAULT 5)
RETURNS TABLE (account_id text, groups bigint, as_owner bigint, as_admin bigint,
  newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT m.account_id, count(*), count(*) FILTER (WHERE m.role = 'owner'), count(*) FILTER (WHERE m.role = 'admin'),
    q.newest_read, q.stale_share, q.held_leaves
  FROM rollcall.member m
  JOIN rollcall.chat_group g USING (group_no)
  CROSS JOIN rollcall.quality(many_admin.source) q
  WHERE g.source_no = (SELECT rollcall.source_number(many_admin.source)) AND m.role IN ('owner', 'admin')
  GROUP BY m.account_id, q.newest_read, q.stale_share, q.held_leaves
  HAVING count(*) > many_admin.more_than
  ORDER BY 2 DESC, 1
$$;

-- ---------------------------------------------------------------------------------------------------------------------
-- Lifecycle.

-- Groups by month: created (by the vendor's creation time, or when first seen where that is earlier), dissolved, back again; of the dissolved
-- the median life and the median size at the end.
CREATE FUNCTION rollcall.lifecycle(source text, since date, until date, zone text DEFAULT 'UTC')
RETURNS TABLE (month date, created bigint, first_seen bigint, dissolved bigint, reappeared bigint, median_life_days numeric,
  median_size_at_end numeric, newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH b AS MATERIALIZED (SELECT rollcall.boundaries(lifecycle.since, lifecycle.until, lifecycle.zone, 'month') AS at),
  lives AS (
    SELECT l.life, l.start_at AS seen_at, l.end_at, CASE WHEN l.life = 1 THEN least(g.created_at, l.start_at) ELSE l.start_at END AS born_at,
      CASE WHEN l.end_at < 'infinity' THEN
        (SELECT count(*) FROM rollcall.stay t WHERE t.group_no = l.group_no AND t.end_at = l.end_at) END AS size
    FROM rollcall.group_life l JOIN rollcall.chat_group g ON g.group_no = l.group_no
    WHERE g.source_no = (SELECT rollcall.source_number(lifecycle.source))
  ), events AS (
    SELECT born_at AS at, 'created' AS kind, NULL::float8 AS days, NULL::bigint AS size FROM lives WHERE life = 1
    UNION ALL SELECT seen_at, CASE WHEN life = 1 THEN 'first_seen' ELSE 'reappeared' END, NULL, NULL FROM lives
    UNION ALL SELECT end_at, 'dissolved', extract(epoch FROM end_at - born_at)::float8 / 86400, size FROM lives WHERE end_at < 'infinity'
  )
  SELECT c.bucket, count(*) FILTER (WHERE e.kind = 'created'), count(*) FILTER (WHERE e.kind = 'first_seen'),
    count(*) FILTER (WHERE e.kind = 'dissolved'), count(*) FILTER (WHERE e.kind = 'reappeared'),
    round((percentile_cont(0.5) WITHIN GROUP (ORDER BY e.days))::numeric, 2),
    round((percentile_cont(0.5) WITHIN GROUP (ORDER BY e.size))::numeric, 1), q.newest_read, q.stale_share, q.held_leaves
  FROM rollcall.calendar(lifecycle.since, lifecycle.until, lifecycle.zone, 'month') c
  CROSS JOIN b
  LEFT JOIN events e ON width_bucket(e.at, b.at) = c.n
  CROSS JOIN rollcall.quality(lifecycle.source) q
  GROUP BY c.bucket, q.newest_read, q.stale_share, q.held_leaves
  ORDER BY c.bucket
$$;

-- How long groups take to so many members. already: had them at the first complete read; the median is of the others, from
-- the vendor's creation time, else from when the group was first seen.
CREATE FUNCTION rollcall.time_to_size(source text, sizes integer[] DEFAULT '{10,100,1000}')
RETURNS TABLE (size integer, groups bigint, already bigint, median_days numeric,
  newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH own AS MATERIALIZED (
    SELECT g.group_no, least(g.created_at, g.first_seen_at) AS born_at, r.first_complete_at
    FROM rollcall.chat_group g JOIN rollcall.roll_state r USING (group_no)
    WHERE g.source_no = (SELECT rollcall.source_number(time_to_size.source))
  ), events AS (
    SELECT s.group_no, s.start_at AS at, 1 AS step FROM rollcall.every_stay s JOIN own USING (group_no)
    UNION ALL
    SELECT t.group_no, t.end_at, -1 FROM rollcall.stay t JOIN own USING (group_no)
  ), counted AS (
    SELECT group_no, at, sum(step) OVER (PARTITION BY group_no ORDER BY at) AS members FROM events
  ), reached AS (
    SELECT n.size, c.group_no, min(c.at) AS at
    FROM counted c JOIN unnest(time_to_size.sizes) n (size) ON c.members >= n.size GROUP BY 1, 2
  )
  SELECT n.size, count(x.at), count(*) FILTER (WHERE x.at <= o.first_complete_at),
    round((percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM x.at - o.born_at)::float8 / 86400)
      FILTER (WHERE x.at > o.first_complete_at))::numeric, 2),
    q.newest_read, q.stale_share, q.held_leaves
  FROM unnest(time_to_size.sizes) n (size)
  LEFT JOIN reached x ON x.size = n.size
  LEFT JOIN own o ON o.group_no = x.group_no
  CROSS JOIN rollcall.quality(time_to_size.source) q
  GROUP BY n.size, q.newest_read, q.stale_share, q.held_leaves
  ORDER BY n.size
$$;

-- Groups that changed their name, owner or type in [since, until), and which run saw it.
CREATE FUNCTION rollcall.identity_changes(source text, since timestamptz, until timestamptz)
RETURNS TABLE (at timestamptz, not_before timestamptz, group_id text, what text, old text, new text, run_id integer,
  newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT e.at, e.not_before, g.group_id, k.what, e.old ->> k.key, e.new ->> k.key, e.run_no, d.newest_read, d.stale::int::numeric, d.held_leaves
  FROM rollcall.group_event e
  JOIN rollcall.chat_group g ON g.group_no = e.group_no
  JOIN rollcall.source s ON s.source_no = g.source_no
  JOIN rollcall.data_quality d ON d.source = s.name AND d.group_id = g.group_id
  JOIN (VALUES ('renamed', 'name', 'name'), ('owner', 'owner', 'owner_id'), ('updated', 'type', 'type')) k (kind, what, key)
    ON k.kind = e.kind AND e.new ? k.key
  WHERE s.name = identity_changes.source AND e.at >= identity_changes.since AND e.at < identity_changes.until
  ORDER BY e.at, g.group_id, e.id
$$;

-- Groups that stand and in which nothing has changed for so many days: nobody came or went, no field of a member or of the
-- group itself.
CREATE FUNCTION rollcall.quiet_groups(source text, days integer DEFAULT 90)
RETURNS TABLE (group_id text, name text, members integer, last_change_at timestamptz, quiet_days integer,
  newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT g.group_id, g.name, r.rows, c.at, floor(extract(epoch FROM rollcall.report_now() - c.at) / 86400)::integer,
    d.newest_read, d.stale::int::numeric, d.held_leaves
  FROM rollcall.chat_group g
  JOIN rollcall.source s ON s.source_no = g.source_no
  JOIN rollcall.roll_state r ON r.group_no = g.group_no
  JOIN rollcall.data_quality d ON d.source = s.name AND d.group_id = g.group_id
  CROSS JOIN LATERAL (
    SELECT greatest(
      (SELECT max(m.start_at) FROM rollcall.member m WHERE m.group_no = g.group_no),
      (SELECT max(t.end_at) FROM rollcall.stay t WHERE t.group_no = g.group_no),
      (SELECT max(e.at) FROM rollcall.member_edit e WHERE e.group_no = g.group_no),
      (SELECT max(v.at) FROM rollcall.group_event v WHERE v.group_no = g.group_no)) AS at OFFSET 0
  ) c
  WHERE s.name = quiet_groups.source AND g.dissolved_at IS NULL AND c.at < rollcall.report_now() - quiet_groups.days * interval '24 hours'
  ORDER BY c.at, g.group_id
$$;

-- ---------------------------------------------------------------------------------------------------------------------
-- The reader: a role that people's tools are granted, which may read the views and call the functions of this schema and
-- nothing else. It cannot log in. Where the migrating user may not make roles, an administrator makes it (docs/reports.md).
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rollcall_reader') THEN
    CREATE ROLE rollcall_reader NOLOGIN;
  END IF;
EXCEPTION
  WHEN insufficient_privilege THEN
    RAISE NOTICE 'rollcall: the role rollcall_reader was not made (no CREATEROLE); docs/reports.md says how to make it';
  WHEN duplicate_object OR unique_violation THEN
    NULL; -- another database of this server was migrated at the same moment
END $$;

-- Gives the reader what it may read, now and later. Functions are everybody's, and do no more than whoever calls them may.
CREATE FUNCTION rollcall.grant_reader() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rollcall_reader') THEN
    RETURN;
  END IF;
  GRANT USAGE ON SCHEMA rollcall TO rollcall_reader;
  GRANT SELECT ON ALL TABLES IN SCHEMA rollcall TO rollcall_reader;
  ALTER DEFAULT PRIVILEGES IN SCHEMA rollcall GRANT SELECT ON TABLES TO rollcall_reader; -- what later migrations add
END $$;
-- What writes is not for everybody: functions are, unless it is said.
REVOKE ALL ON FUNCTION rollcall.refresh_facts(integer), rollcall.rebuild_facts(integer), rollcall.grant_reader() FROM PUBLIC;
SELECT rollcall.grant_reader();
