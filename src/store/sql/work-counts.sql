-- What a run has come to.
-- Params: $1 run
SELECT count(g.outcome)::integer AS seen, count(*) FILTER (WHERE NOT g.done)::integer AS unread,
  count(*) FILTER (WHERE g.outcome = 'complete')::integer AS complete,
  count(*) FILTER (WHERE g.outcome = 'partial')::integer AS partial,
  count(*) FILTER (WHERE g.outcome = 'gone')::integer AS gone,
  count(*) FILTER (WHERE g.outcome IN ('failed', 'forbidden'))::integer AS failed,
  count(*) FILTER (WHERE g.unchanged)::integer AS unchanged,
  count(*) FILTER (WHERE g.outcome = 'unwalked')::integer AS unwalked,
  coalesce(sum(g.rows_read), 0)::integer AS read, coalesce(sum(g.joined), 0)::integer AS joined,
  coalesce(sum(g."left"), 0)::integer AS "left", coalesce(sum(g.changed), 0)::integer AS changed,
  (SELECT count(*)::integer FROM rollcall.held h JOIN rollcall.held_account a USING (held_no) WHERE h.run_no = $1) AS held,
  coalesce((array_agg(g.problem ORDER BY g.group_id) FILTER (WHERE g.problem IS NOT NULL))[1:20], '{}') AS problems,
  (SELECT coalesce(jsonb_object_agg(c.key, c.n), '{}') FROM (
    SELECT e.key, sum(e.value::integer)::integer AS n FROM rollcall.run_part p, jsonb_each_text(p.calls) e
    WHERE p.run_no = $1 GROUP BY e.key) c) AS calls,
  (SELECT coalesce(sum(p.rate_limited), 0)::integer FROM rollcall.run_part p WHERE p.run_no = $1) AS rate_limited
FROM rollcall.run_group g WHERE g.run_no = $1;
