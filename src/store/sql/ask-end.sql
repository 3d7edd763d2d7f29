-- Ends an ask without a run of its own; not one that was asked anew meanwhile, after its groups were read.
-- Params: $1 its number, $2 how it was answered, $3 the run that did, $4 the groups that it names, or null
UPDATE rollcall.ask a SET ended_at = clock_timestamp(), note = $2, run_no = coalesce(run_no, $3)
WHERE ask_no = $1 AND ended_at IS NULL AND ($4::text[] IS NULL OR NOT EXISTS (
  SELECT FROM rollcall.chat_group g JOIN rollcall.roll_state s USING (group_no)
  WHERE g.source_no = a.source_no AND g.group_id = ANY ($4) AND s.complete_began_at <= a.asked_at + interval '1 second'))
RETURNING true AS ended;
