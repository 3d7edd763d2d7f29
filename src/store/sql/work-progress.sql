-- How far the answer to an ask is.
-- Params: $1 ask
SELECT a.run_no, a.ended_at IS NOT NULL AS ended, a.note,
  (SELECT count(*)::integer FROM rollcall.run_group g WHERE g.run_no = a.run_no) AS groups,
  (SELECT count(*)::integer FROM rollcall.run_group g WHERE g.run_no = a.run_no AND g.done) AS done,
  (SELECT coalesce(sum(g.rows_read), 0)::integer FROM rollcall.run_group g WHERE g.run_no = a.run_no) AS members,
  (SELECT coalesce(sum(e.value::integer), 0)::integer FROM rollcall.run_part p, jsonb_each_text(p.calls) e
    WHERE p.run_no = a.run_no) AS calls
FROM rollcall.ask a WHERE a.ask_no = $1;
