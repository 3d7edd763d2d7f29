-- The run that has read all of some groups completely, in reads that began after an ask. A second stands between, for
-- clocks of machines that do not quite agree.
-- Params: $1 ask, $2 groups
SELECT CASE WHEN count(r.run_no) = cardinality($2::text[]) THEN max(r.run_no) END AS run_no
FROM rollcall.ask a
JOIN rollcall.chat_group g ON g.source_no = a.source_no AND g.group_id = ANY ($2::text[])
JOIN rollcall.roll_state s ON s.group_no = g.group_no AND s.complete_began_at > a.asked_at + interval '1 second'
CROSS JOIN LATERAL (
  SELECT d.run_no FROM rollcall.group_read d JOIN rollcall.run u USING (run_no)
  WHERE u.source_no = a.source_no AND d.group_id = g.group_id AND d.began_at = s.complete_began_at
  ORDER BY d.run_no DESC LIMIT 1
) r
WHERE a.ask_no = $1;
