-- Fast reads: of a group in whose details nothing has changed since its last full read the members are not walked. Such a
-- read proves nothing of the members: it moves no bound and no stay, and is kept apart from the reads that do.
ALTER TYPE rollcall.read_outcome ADD VALUE 'unwalked';

ALTER TABLE rollcall.run ADD COLUMN groups_unwalked integer NOT NULL DEFAULT 0;
ALTER TABLE rollcall.roll_state ADD COLUMN walked_print bigint, ADD COLUMN details_at timestamptz;
-- Of packs that are not complete, `rows_read` holds what the vendor counts; no row was read.
ALTER TABLE rollcall.receipt_pack ADD COLUMN outcome rollcall.read_outcome NOT NULL DEFAULT 'complete';

CREATE OR REPLACE VIEW rollcall.group_read AS
SELECT run_no, group_id, began_at, ended_at, outcome, vendor_count, rows_read, passes, calls, reason
FROM rollcall.group_receipt
UNION ALL
SELECT p.run_no, g.group_id, p.began_at, p.ended_at, p.outcome, CASE WHEN p.counted THEN u.rows_read END,
  CASE WHEN p.outcome = 'complete' THEN u.rows_read ELSE 0 END, p.passes, p.calls,
  CASE WHEN p.outcome <> 'complete' THEN 'nothing in its details has changed since its last full read' END
FROM rollcall.receipt_pack p
CROSS JOIN LATERAL unnest(p.group_nos, p.rows_read) AS u (group_no, rows_read)
JOIN rollcall.chat_group g ON g.group_no = u.group_no;

CREATE OR REPLACE VIEW rollcall.runs AS
SELECT r.run_no AS id, s.name AS source, r.trigger, r.started_at, r.finished_at, r.verdict, r.groups_seen,
  r.groups_complete, r.groups_partial, r.groups_gone, r.groups_failed, r.groups_unchanged, r.members_read,
  r.members_joined, r.members_left, r.members_changed, r.members_held, r.calls, r.rate_limited, r.duration_ms, r.reason,
  r.groups_unwalked
FROM rollcall.run r
JOIN rollcall.source s USING (source_no);

-- As before, with the kind of the newest read: of the `members`, or of the `details` alone.
CREATE OR REPLACE VIEW rollcall.data_quality AS
SELECT s.name AS source, g.group_id, r.complete_ended_at AS newest_read,
  CASE WHEN r.first_complete_at IS NOT NULL THEN greatest(r.first_complete_at, k.history_from) END AS proven_from,
  g.wanted AND g.dissolved_at IS NULL AS is_read,
  g.wanted AND g.dissolved_at IS NULL
    AND coalesce(r.complete_ended_at < rollcall.report_now() - interval '24 hours', true) AS stale,
  coalesce(w.leaves, 0) AS held_leaves, k.history_from AS kept_from, p.first_at AS imported_from,
  CASE WHEN r.details_at > r.read_ended_at THEN 'details' WHEN r.read_ended_at IS NOT NULL THEN 'members' END AS newest_kind,
  r.details_at AS newest_details
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

-- As before, with the kind of the newest read.
CREATE OR REPLACE VIEW rollcall.freshness AS
SELECT d.source, d.group_id, g.name, d.newest_read, rollcall.report_now() - d.newest_read AS age, d.stale, d.held_leaves,
  CASE WHEN last.run_no IS NULL AND t.read_run IS NOT NULL THEN 'complete' ELSE last.outcome END AS outcome, last.reason,
  CASE WHEN last.run_no IS NULL AND t.read_run IS NOT NULL THEN t.read_ended_at ELSE last.ended_at END AS last_tried_at,
  coalesce(last.run_no, t.read_run) AS last_run_id, d.newest_kind, d.newest_details
FROM rollcall.data_quality d
JOIN rollcall.source s ON s.name = d.source
JOIN rollcall.chat_group g ON g.source_no = s.source_no AND g.group_id = d.group_id
JOIN rollcall.roll_state t ON t.group_no = g.group_no
LEFT JOIN LATERAL (
  SELECT e.outcome::text AS outcome, e.reason, e.ended_at, e.run_no
  FROM rollcall.run r JOIN rollcall.group_receipt e ON e.run_no = r.run_no AND e.group_id = g.group_id
  WHERE r.source_no = g.source_no AND r.run_no >= coalesce(t.read_run, 0) ORDER BY r.run_no DESC LIMIT 1
) last ON true
WHERE d.is_read;

-- As before: of the run that walked most.
CREATE OR REPLACE FUNCTION rollcall.crawl_time(source text, limits jsonb DEFAULT '{}', times numeric DEFAULT 2)
RETURNS TABLE (endpoint text, calls bigint, calls_per_group numeric, reached_per_second numeric, limit_per_second numeric,
  seconds_now numeric, seconds_with_more numeric, run_id integer, newest_read timestamptz, stale_share numeric, held_leaves bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT c.key, c.value::bigint, round(c.value::numeric / nullif(r.groups_seen, 0), 3),
    round(c.value::numeric * 1000 / nullif(r.duration_ms, 0), 2), (crawl_time.limits ->> c.key)::numeric,
    round(t.seconds, 1), round(t.seconds * times, 1), r.id, q.newest_read, q.stale_share, q.held_leaves
  FROM (
    SELECT * FROM rollcall.runs u
    WHERE u.source = crawl_time.source AND u.verdict IN ('complete', 'partial') AND u.groups_seen > 0
    ORDER BY u.groups_seen - u.groups_unwalked DESC, u.id DESC LIMIT 1
  ) r
  CROSS JOIN LATERAL jsonb_each_text(r.calls) c
  CROSS JOIN LATERAL (SELECT coalesce(c.value::numeric / (crawl_time.limits ->> c.key)::numeric, r.duration_ms / 1000.0) AS seconds) t
  CROSS JOIN LATERAL rollcall.quality(crawl_time.source) q
  ORDER BY t.seconds DESC, c.key
$$;

-- As before, with the groups that were not walked.
CREATE OR REPLACE VIEW rollcall.last_runs AS
SELECT r.id, r.source, r.trigger, r.started_at, r.finished_at, r.verdict, r.groups_seen, r.groups_complete, r.groups_partial,
  r.groups_gone, r.groups_failed, r.groups_unchanged, r.members_read, r.members_joined, r.members_left, r.members_changed,
  r.members_held, r.calls, r.rate_limited, r.duration_ms, r.reason,
  (SELECT coalesce(sum(c.value::bigint), 0) FROM jsonb_each_text(r.calls) c)::bigint AS calls_total,
  q.newest_read, q.stale_share, q.held_leaves, r.groups_unwalked
FROM rollcall.source s
JOIN LATERAL (SELECT u.* FROM rollcall.runs u WHERE u.source = s.name ORDER BY u.id DESC LIMIT 1) r ON true
CROSS JOIN LATERAL rollcall.quality(s.name) q;

-- As before, with the details that the reads began with.
DROP FUNCTION rollcall.touch_rolls(integer, integer[], integer[], timestamptz[], timestamptz[], boolean[]);
CREATE FUNCTION rollcall.touch_rolls(run integer, group_nos integer[], versions integer[], began timestamptz[],
  ended timestamptz[], complete boolean[], walked bigint[])
RETURNS SETOF integer LANGUAGE plpgsql AS $$
BEGIN
  FOR n IN 1 .. cardinality(group_nos) LOOP
    UPDATE rollcall.roll_state r SET read_began_at = began[n], read_ended_at = ended[n],
      first_complete_at = CASE WHEN complete[n] THEN coalesce(r.first_complete_at, ended[n]) ELSE r.first_complete_at END,
      complete_began_at = CASE WHEN complete[n] THEN began[n] ELSE r.complete_began_at END,
      complete_ended_at = CASE WHEN complete[n] THEN ended[n] ELSE r.complete_ended_at END,
      walked_print = CASE WHEN complete[n] THEN walked[n] ELSE r.walked_print END, read_run = run
    WHERE r.group_no = group_nos[n] AND r.version = versions[n]
      AND (r.read_ended_at IS NULL OR r.read_ended_at <= began[n]);
    IF FOUND THEN
      RETURN NEXT group_nos[n];
    END IF;
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION rollcall.touch_rolls(integer, integer[], integer[], timestamptz[], timestamptz[], boolean[],
  bigint[]) FROM PUBLIC;
SELECT rollcall.grant_reader();
