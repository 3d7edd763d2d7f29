-- Every group of a source and what its reads have established.
-- Params: $1 source number, $2 group ids, or null for all
SELECT g.group_no, g.group_id, g.type, g.member_count, g.print AS group_print, g.dissolved_at, g.wanted,
  r.version, r.rows, r.print, r.live_print, r.unseen, r.read_ended_at, r.first_complete_at, r.complete_began_at,
  r.complete_ended_at, r.walked_print, EXISTS (
    SELECT FROM rollcall.hint i WHERE i.source_no = g.source_no AND i.group_id = g.group_id) AS hinted,
  EXISTS (SELECT FROM rollcall.held h WHERE h.group_no = g.group_no) AS held
FROM rollcall.chat_group g JOIN rollcall.roll_state r USING (group_no)
WHERE g.source_no = $1 AND ($2::text[] IS NULL OR g.group_id = ANY ($2::text[]));
