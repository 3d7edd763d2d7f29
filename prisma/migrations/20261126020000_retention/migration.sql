-- Retention: what is older than a limit goes, in small steps. A closed stay goes whole, with every change of it, or stays whole;
-- a stay that lasts always stays. What goes leaves a mark, so that no answer about the time before it looks proven.
CREATE TABLE rollcall.retention (
  source_no integer PRIMARY KEY REFERENCES rollcall.source (source_no) ON DELETE RESTRICT ON UPDATE CASCADE,
  history_from timestamptz, -- stays that ended before are gone, or about to go
  reads_from timestamptz, -- receipts from before are gone, or about to go
  began_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamptz, -- null while a pass is under way
  stays bigint NOT NULL DEFAULT 0, -- what has gone in all its time
  edits bigint NOT NULL DEFAULT 0,
  events bigint NOT NULL DEFAULT 0,
  reads bigint NOT NULL DEFAULT 0
);

-- From when on the roll of a group is proven: its first complete read, or where the kept history begins if that is later.
CREATE FUNCTION rollcall.proven_from(of_group integer) RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN r.first_complete_at IS NOT NULL THEN greatest(r.first_complete_at, k.history_from) END
  FROM rollcall.roll_state r
  JOIN rollcall.chat_group g USING (group_no)
  LEFT JOIN rollcall.retention k USING (source_no)
  WHERE r.group_no = of_group
$$;

-- Whether a group had been read completely by a moment, and all that was so then is still kept.
CREATE OR REPLACE FUNCTION rollcall.read_by(source text, group_id text, moment timestamptz) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(moment >= rollcall.proven_from(rollcall.group_number(read_by.source, read_by.group_id)), false)
$$;

-- As before; proven_from knows of the retention, kept_from is where the kept history of the source begins (null: all of it is
-- kept). held_leaves counts what waits for a decision; it said 0 until now.
CREATE OR REPLACE VIEW rollcall.data_quality AS
SELECT s.name AS source, g.group_id, r.complete_ended_at AS newest_read,
  CASE WHEN r.first_complete_at IS NOT NULL THEN greatest(r.first_complete_at, k.history_from) END AS proven_from,
  g.wanted AND g.dissolved_at IS NULL AS is_read,
  g.wanted AND g.dissolved_at IS NULL
    AND coalesce(r.complete_ended_at < rollcall.report_now() - interval '24 hours', true) AS stale,
  coalesce(w.leaves, 0) AS held_leaves, k.history_from AS kept_from
FROM rollcall.chat_group g
JOIN rollcall.source s USING (source_no)
JOIN rollcall.roll_state r USING (group_no)
LEFT JOIN rollcall.retention k USING (source_no)
LEFT JOIN (
  SELECT h.group_no, greatest(1, count(a.account_id)) AS leaves
  FROM rollcall.held h LEFT JOIN rollcall.held_account a USING (held_no)
  WHERE h.rejected_at IS NULL GROUP BY h.group_no
) w ON w.group_no = g.group_no;

DROP FUNCTION rollcall.stays_at(integer, text, timestamptz); -- nobody calls it any more

-- As before, and not proven before the kept history begins.
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
$$;

-- As before, and nothing is certain before the kept history begins.
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
  ORDER BY 2, 1
$$;

-- As before; where the receipt of the read is kept no more, the stay that begins where this one ends says when the read was.
CREATE OR REPLACE FUNCTION rollcall.backlog(source text, since date, until date, zone text DEFAULT 'UTC')
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
    SELECT coalesce(e.ended_at, (
      SELECT n.first_seen_at FROM rollcall.every_stay n
      WHERE n.group_no = t.group_no AND n.account_id = t.account_id AND n.start_at = t.end_at), t.end_at), false, true
    FROM rollcall.stay t
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

-- As before; how large a group was at an end before the kept history is not known any more.
CREATE OR REPLACE FUNCTION rollcall.lifecycle(source text, since date, until date, zone text DEFAULT 'UTC')
RETURNS TABLE (month date, created bigint, first_seen bigint, dissolved bigint, reappeared bigint, median_life_days numeric,
  median_size_at_end numeric, newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH b AS MATERIALIZED (SELECT rollcall.boundaries(lifecycle.since, lifecycle.until, lifecycle.zone, 'month') AS at),
  lives AS (
    SELECT l.life, l.start_at AS seen_at, l.end_at, CASE WHEN l.life = 1 THEN least(g.created_at, l.start_at) ELSE l.start_at END AS born_at,
      CASE WHEN l.end_at < 'infinity' AND coalesce(l.end_at >= k.history_from, true) THEN
        (SELECT count(*) FROM rollcall.stay t WHERE t.group_no = l.group_no AND t.end_at = l.end_at) END AS size
    FROM rollcall.group_life l JOIN rollcall.chat_group g ON g.group_no = l.group_no
    LEFT JOIN rollcall.retention k ON k.source_no = g.source_no
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

-- As before; of a group that was there before the kept history begins nobody knows any more when it reached a size.
CREATE OR REPLACE FUNCTION rollcall.time_to_size(source text, sizes integer[] DEFAULT '{10,100,1000}')
RETURNS TABLE (size integer, groups bigint, already bigint, median_days numeric,
  newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH own AS MATERIALIZED (
    SELECT g.group_no, least(g.created_at, g.first_seen_at) AS born_at,
      CASE WHEN r.first_complete_at < k.history_from THEN 'infinity' ELSE r.first_complete_at END AS already_until
    FROM rollcall.chat_group g JOIN rollcall.roll_state r USING (group_no) LEFT JOIN rollcall.retention k USING (source_no)
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
  SELECT n.size, count(x.at), count(*) FILTER (WHERE x.at <= o.already_until),
    round((percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM x.at - o.born_at)::float8 / 86400)
      FILTER (WHERE x.at > o.already_until))::numeric, 2),
    q.newest_read, q.stale_share, q.held_leaves
  FROM unnest(time_to_size.sizes) n (size)
  LEFT JOIN reached x ON x.size = n.size
  LEFT JOIN own o ON o.group_no = x.group_no
  CROSS JOIN rollcall.quality(time_to_size.source) q
  GROUP BY n.size, q.newest_read, q.stale_share, q.held_leaves
  ORDER BY n.size
$$;

-- As before; last_change_at is not before the kept history begins, so that a group is never called quiet for longer than is known.
CREATE OR REPLACE FUNCTION rollcall.quiet_groups(source text, days integer DEFAULT 90)
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
      (SELECT max(v.at) FROM rollcall.group_event v WHERE v.group_no = g.group_no),
      (SELECT k.history_from FROM rollcall.retention k WHERE k.source_no = g.source_no)) AS at OFFSET 0
  ) c
  WHERE s.name = quiet_groups.source AND g.dissolved_at IS NULL AND c.at < rollcall.report_now() - quiet_groups.days * interval '24 hours'
  ORDER BY c.at, g.group_id
$$;

-- Makes the facts of a source anew from its history. What retention has taken out of the history is in the facts alone: they keep
-- what lies before the kept history, and all that the finished runs have written of it is added first.
CREATE OR REPLACE FUNCTION rollcall.rebuild_facts(of_source integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  kept timestamptz;
  newest integer;
BEGIN
  SELECT k.history_from INTO kept FROM rollcall.retention k WHERE k.source_no = of_source;
  IF kept IS NULL THEN
    INSERT INTO rollcall.fact_mark (source_no) VALUES (of_source) ON CONFLICT DO NOTHING;
    PERFORM 1 FROM rollcall.fact_mark f WHERE f.source_no = of_source FOR UPDATE;
    DELETE FROM rollcall.source_fact f WHERE f.source_no = of_source;
    DELETE FROM rollcall.group_fact f USING rollcall.chat_group g WHERE g.group_no = f.group_no AND g.source_no = of_source;
    DELETE FROM rollcall.group_total t USING rollcall.chat_group g WHERE g.group_no = t.group_no AND g.source_no = of_source;
    UPDATE rollcall.fact_mark f SET run_no = 0 WHERE f.source_no = of_source;
    RETURN rollcall.refresh_facts(of_source);
  END IF;
  newest := rollcall.refresh_facts(of_source);
  PERFORM 1 FROM rollcall.fact_mark f WHERE f.source_no = of_source FOR UPDATE;
  DELETE FROM rollcall.source_fact f WHERE f.source_no = of_source AND f.slot >= kept;
  DELETE FROM rollcall.group_fact f USING rollcall.chat_group g
  WHERE g.group_no = f.group_no AND g.source_no = of_source AND f.slot >= kept;
  EXECUTE $again$
    WITH of_source AS (
      INSERT INTO rollcall.source_fact (source_no, slot, joins, backlog, leaves, gone_1, gone_4, gone_12)
      SELECT $1, slot, sum(joins), sum(backlog), sum(leaves), sum(gone_1), sum(gone_4), sum(gone_12)
      FROM rollcall.run_rows($1, 0, $2) WHERE slot >= $3 GROUP BY slot ORDER BY slot
    )
    INSERT INTO rollcall.group_fact (group_no, slot, joins, backlog, leaves, gone_1, gone_4, gone_12)
    SELECT r.group_no, r.slot, sum(r.joins), sum(r.backlog), sum(r.leaves), sum(r.gone_1), sum(r.gone_4), sum(r.gone_12)
    FROM rollcall.run_rows($1, 0, $2) r JOIN rollcall.group_total t ON t.group_no = r.group_no AND t.detailed
    WHERE r.slot >= $3 GROUP BY r.group_no, r.slot ORDER BY r.group_no, r.slot
  $again$ USING of_source, newest, kept;
  RETURN newest;
END $$;

REVOKE ALL ON FUNCTION rollcall.rebuild_facts(integer) FROM PUBLIC;
SELECT rollcall.grant_reader();
