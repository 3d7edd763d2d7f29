-- How far a run is. Its row is locked by a statement before this one, whose snapshot would not see what was waited for.
-- Params: $1 run
SELECT w.stopped, (SELECT count(*)::integer FROM rollcall.run_part p WHERE p.run_no = w.run_no AND NOT p.done) AS open,
  (SELECT coalesce(max(part_no), 0)::integer FROM rollcall.run_part p WHERE p.run_no = w.run_no) AS parts
FROM rollcall.run_work w WHERE w.run_no = $1;
