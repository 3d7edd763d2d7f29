-- Reports on large histories: the roll of a large group, its growth, and cohorts from facts.

-- ---------------------------------------------------------------------------------------------------------------------
-- Whether a group had been read completely by a moment.
CREATE FUNCTION rollcall.read_by(source text, group_id text, moment timestamptz) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(moment >= r.first_complete_at, false) FROM rollcall.roll_state r
  WHERE r.group_no = rollcall.group_number(read_by.source, read_by.group_id)
$$;

-- Who was in a group at a moment, as before. Three things make a large roll fast. The group's number is asked for where the
-- planner can see it: it then knows how many rows to expect, and reads a large group in the order of the heap. What is the
-- same for every row is found once. A role is put into words by CASE: a cast looks every row's up in the catalogue.
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
$$;

-- ---------------------------------------------------------------------------------------------------------------------
-- Facts also know of the real joins of their quarter of an hour how many had ended 1, 4 and 12 weeks later.
-- What they held so far lacks that, so they begin anew: the next run that ends makes them, or `rollcall report rebuild` at once.
TRUNCATE rollcall.source_fact, rollcall.group_fact, rollcall.group_total;
UPDATE rollcall.fact_mark SET run_no = 0;
ALTER TABLE rollcall.source_fact ADD COLUMN gone_1 integer NOT NULL, ADD COLUMN gone_4 integer NOT NULL,
  ADD COLUMN gone_12 integer NOT NULL;
ALTER TABLE rollcall.group_fact ADD COLUMN gone_1 integer NOT NULL, ADD COLUMN gone_4 integer NOT NULL,
  ADD COLUMN gone_12 integer NOT NULL;

-- The history as rows that facts are sums of, each with the run that wrote it. end_at and last_run are those of the stay:
-- what has not ended by a moment, or not by a run, need not be looked at.
CREATE VIEW rollcall.fact_row AS
SELECT group_no, start_at AS at, (start_not_before IS NOT NULL)::int AS joins, (start_not_before IS NULL)::int AS backlog,
  0 AS leaves, 0 AS gone_1, 0 AS gone_4, 0 AS gone_12, start_run AS run_no, 'infinity'::timestamptz AS end_at,
  start_run AS last_run
FROM rollcall.member
UNION ALL
SELECT group_no, start_at, (start_not_before IS NOT NULL)::int, (start_not_before IS NULL)::int, 0, 0, 0, 0, start_run,
  end_at, end_run
FROM rollcall.stay
UNION ALL
SELECT group_no, end_at, 0, 0, 1, 0, 0, 0, end_run, end_at, end_run
FROM rollcall.stay
UNION ALL
SELECT group_no, start_at, 0, 0, 0, (end_at <= start_at + interval '168 hours')::int,
  (end_at <= start_at + interval '672 hours')::int, 1, end_run, end_at, end_run
FROM rollcall.stay WHERE start_not_before IS NOT NULL AND end_at <= start_at + interval '2016 hours';

DROP FUNCTION rollcall.count_runs(integer, integer, integer);
-- What the runs (after, upto] of a source have written, for its facts.
CREATE FUNCTION rollcall.run_rows(of_source integer, after_run integer, upto_run integer)
RETURNS TABLE (group_no integer, slot timestamptz, joins integer, backlog integer, leaves integer, gone_1 integer,
  gone_4 integer, gone_12 integer)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT r.group_no, date_bin('15 minutes', r.at, 'epoch'), r.joins, r.backlog, r.leaves, r.gone_1, r.gone_4, r.gone_12
  FROM rollcall.fact_row r
  JOIN rollcall.chat_group g ON g.group_no = r.group_no AND g.source_no = of_source
  -- No run ends a stay before the run that began it.
  WHERE r.run_no > after_run AND r.run_no <= upto_run AND r.last_run > after_run
$$;

-- Adds the finished runs of a source that the facts do not hold yet. Returns the newest run they hold.
CREATE OR REPLACE FUNCTION rollcall.refresh_facts(of_source integer) RETURNS integer LANGUAGE plpgsql AS $$
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
    WITH of_source AS (
      INSERT INTO rollcall.source_fact AS f (source_no, slot, joins, backlog, leaves, gone_1, gone_4, gone_12)
      SELECT $1, slot, sum(joins), sum(backlog), sum(leaves), sum(gone_1), sum(gone_4), sum(gone_12)
      FROM rollcall.run_rows($1, $2, $3) GROUP BY slot ORDER BY slot
      ON CONFLICT (source_no, slot) DO UPDATE SET joins = f.joins + excluded.joins, backlog = f.backlog + excluded.backlog,
        leaves = f.leaves + excluded.leaves, gone_1 = f.gone_1 + excluded.gone_1, gone_4 = f.gone_4 + excluded.gone_4,
        gone_12 = f.gone_12 + excluded.gone_12
    ), of_group AS (
      INSERT INTO rollcall.group_fact AS f (group_no, slot, joins, backlog, leaves, gone_1, gone_4, gone_12)
      SELECT r.group_no, r.slot, sum(r.joins), sum(r.backlog), sum(r.leaves), sum(r.gone_1), sum(r.gone_4), sum(r.gone_12)
      FROM rollcall.run_rows($1, $2, $3) r JOIN rollcall.group_total t ON t.group_no = r.group_no AND t.detailed
      GROUP BY r.group_no, r.slot ORDER BY r.group_no, r.slot
      ON CONFLICT (group_no, slot) DO UPDATE SET joins = f.joins + excluded.joins, backlog = f.backlog + excluded.backlog,
        leaves = f.leaves + excluded.leaves, gone_1 = f.gone_1 + excluded.gone_1, gone_4 = f.gone_4 + excluded.gone_4,
        gone_12 = f.gone_12 + excluded.gone_12
    )
    INSERT INTO rollcall.group_total AS t (group_no, joins, backlog, leaves)
    SELECT group_no, sum(joins), sum(backlog), sum(leaves) FROM rollcall.run_rows($1, $2, $3) GROUP BY group_no ORDER BY group_no
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
    INSERT INTO rollcall.group_fact (group_no, slot, joins, backlog, leaves, gone_1, gone_4, gone_12)
    SELECT r.group_no, date_bin('15 minutes', r.at, 'epoch'), sum(r.joins), sum(r.backlog), sum(r.leaves), sum(r.gone_1),
      sum(r.gone_4), sum(r.gone_12)
    FROM grown JOIN rollcall.fact_row r USING (group_no) WHERE r.run_no <= $2
    GROUP BY 1, 2 ORDER BY 1, 2
  $grown$ USING of_source, newest;
  UPDATE rollcall.fact_mark f SET run_no = newest WHERE f.source_no = of_source;
  RETURN newest;
END $$;

-- What the facts of a source or of one group do not hold (yet), from a moment on: a group without facts, and the runs after
-- them.
CREATE FUNCTION rollcall.facts_beyond(of_source integer, of_group integer, since timestamptz)
RETURNS TABLE (at timestamptz, joins integer, backlog integer, leaves integer, gone_1 integer, gone_4 integer, gone_12 integer)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT r.at, r.joins, r.backlog, r.leaves, r.gone_1, r.gone_4, r.gone_12 FROM rollcall.fact_row r
  WHERE r.group_no = of_group AND r.at >= since AND r.end_at >= since
    AND NOT (SELECT coalesce(bool_or(t.detailed), false) FROM rollcall.group_total t WHERE t.group_no = of_group)
  UNION ALL
  -- The fence keeps the planner on the runs: there are few, mostly none.
  SELECT p.at, p.joins, p.backlog, p.leaves, p.gone_1, p.gone_4, p.gone_12
  FROM (
    SELECT r.* FROM rollcall.fact_row r
    WHERE r.run_no = ANY (ARRAY(SELECT rollcall.runs_after_facts(of_source)))
      AND r.last_run = ANY (ARRAY(SELECT rollcall.runs_after_facts(of_source)))
    OFFSET 0
  ) p
  WHERE p.at >= since
    AND (of_group IS NULL
      OR p.group_no = of_group
        AND (SELECT coalesce(bool_or(t.detailed), false) FROM rollcall.group_total t WHERE t.group_no = of_group))
$$;

DROP FUNCTION rollcall.facts(integer, integer, timestamptz);
-- Joins and leaves of a source or of one group from a moment on (the beginning of some zone's day): the facts, and what they
-- do not hold. So the sums are right at every moment, whether or not the facts are kept.
CREATE FUNCTION rollcall.facts(of_source integer, of_group integer, since timestamptz)
RETURNS TABLE (at timestamptz, joins integer, backlog integer, leaves integer, gone_1 integer, gone_4 integer, gone_12 integer)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT f.slot, f.joins, f.backlog, f.leaves, f.gone_1, f.gone_4, f.gone_12 FROM rollcall.source_fact f
  WHERE f.source_no = of_source AND of_group IS NULL AND f.slot >= since
  UNION ALL
  SELECT f.slot, f.joins, f.backlog, f.leaves, f.gone_1, f.gone_4, f.gone_12 FROM rollcall.group_fact f
  WHERE f.group_no = of_group AND f.slot >= since
  UNION ALL
  SELECT * FROM rollcall.facts_beyond(of_source, of_group, since)
$$;

-- As before; every step of the calendar takes its own stretch of the facts, which costs less than finding each fact's step.
CREATE OR REPLACE FUNCTION rollcall.growth(source text, group_id text, since date, until date, zone text DEFAULT 'UTC', step text DEFAULT 'day')
RETURNS TABLE (bucket date, joins bigint, backlog bigint, leaves bigint, net bigint, members bigint,
  newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH k AS MATERIALIZED (
    SELECT rollcall.boundaries(growth.since, growth.until, growth.zone, growth.step) AS at,
      rollcall.source_number(growth.source) AS source_no,
      CASE WHEN growth.group_id IS NOT NULL THEN coalesce(rollcall.group_number(growth.source, growth.group_id), -1) END AS group_no
  ), steps AS MATERIALIZED (
    SELECT c.n, c.bucket, c.starts, c.ends FROM rollcall.calendar(growth.since, growth.until, growth.zone, growth.step) c
    UNION ALL
    SELECT cardinality(k.at), NULL, k.at[cardinality(k.at)], 'infinity' FROM k -- since then, up to now
  ), counted AS (
    SELECT s.n, f.joins, f.backlog, f.leaves
    FROM steps s CROSS JOIN LATERAL (
      SELECT sum(x.joins) AS joins, sum(x.backlog) AS backlog, sum(x.leaves) AS leaves FROM rollcall.group_fact x
      WHERE x.group_no = (SELECT k.group_no FROM k) AND x.slot >= s.starts AND x.slot < s.ends
    ) f
    WHERE growth.group_id IS NOT NULL
    UNION ALL
    SELECT s.n, f.joins, f.backlog, f.leaves
    FROM steps s CROSS JOIN LATERAL (
      SELECT sum(x.joins) AS joins, sum(x.backlog) AS backlog, sum(x.leaves) AS leaves FROM rollcall.source_fact x
      WHERE x.source_no = (SELECT k.source_no FROM k) AND x.slot >= s.starts AND x.slot < s.ends
    ) f
    WHERE growth.group_id IS NULL
    UNION ALL
    SELECT width_bucket(f.at, k.at), sum(f.joins), sum(f.backlog), sum(f.leaves)
    FROM k CROSS JOIN LATERAL rollcall.facts_beyond(k.source_no, k.group_no, k.at[1]) f
    GROUP BY 1
  ), summed AS (
    SELECT s.n, s.bucket, coalesce(sum(c.joins), 0)::bigint AS joins, coalesce(sum(c.backlog), 0)::bigint AS backlog,
      coalesce(sum(c.leaves), 0)::bigint AS leaves
    FROM steps s LEFT JOIN counted c ON c.n = s.n GROUP BY s.n, s.bucket
  ), run AS (
    SELECT s.*, (SELECT rollcall.size_now(k.source_no, k.group_no) FROM k)
      - coalesce(sum(s.joins + s.backlog - s.leaves) OVER (ORDER BY s.n ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), 0)::bigint
      AS members
    FROM summed s
  )
  SELECT r.bucket, r.joins, r.backlog, r.leaves, r.joins + r.backlog - r.leaves, r.members,
    q.newest_read, q.stale_share, q.held_leaves
  FROM run r CROSS JOIN rollcall.quality(growth.source, growth.group_id) q
  WHERE r.bucket IS NOT NULL
  ORDER BY r.bucket
$$;

-- As before, from the facts: of those who joined in a week, the share that is still in after 1, 4 and 12 weeks.
CREATE OR REPLACE FUNCTION rollcall.cohorts(source text, group_id text, since date, until date, zone text DEFAULT 'UTC')
RETURNS TABLE (week date, joined bigint, after_1_week numeric, after_4_weeks numeric, after_12_weeks numeric, backlog bigint,
  newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH k AS MATERIALIZED (
    SELECT rollcall.boundaries(cohorts.since, cohorts.until, cohorts.zone, 'week') AS at,
      rollcall.source_number(cohorts.source) AS source_no,
      CASE WHEN cohorts.group_id IS NOT NULL THEN coalesce(rollcall.group_number(cohorts.source, cohorts.group_id), -1) END AS group_no
  ), counted AS (
    SELECT width_bucket(f.at, k.at) AS n, sum(f.joins) AS joined, sum(f.backlog) AS backlog, sum(f.gone_1) AS gone_1,
      sum(f.gone_4) AS gone_4, sum(f.gone_12) AS gone_12
    FROM k CROSS JOIN LATERAL rollcall.facts(k.source_no, k.group_no, k.at[1]) f
    GROUP BY 1
  )
  SELECT c.bucket, coalesce(n.joined, 0),
    CASE WHEN c.ends + interval '168 hours' <= q.newest_read THEN round((n.joined - n.gone_1)::numeric / nullif(n.joined, 0), 4) END,
    CASE WHEN c.ends + interval '672 hours' <= q.newest_read THEN round((n.joined - n.gone_4)::numeric / nullif(n.joined, 0), 4) END,
    CASE WHEN c.ends + interval '2016 hours' <= q.newest_read THEN round((n.joined - n.gone_12)::numeric / nullif(n.joined, 0), 4) END,
    coalesce(n.backlog, 0), q.newest_read, q.stale_share, q.held_leaves
  FROM rollcall.calendar(cohorts.since, cohorts.until, cohorts.zone, 'week') c
  LEFT JOIN counted n ON n.n = c.n
  CROSS JOIN rollcall.quality(cohorts.source, cohorts.group_id) q
  ORDER BY c.bucket
$$;
SELECT rollcall.grant_reader();
