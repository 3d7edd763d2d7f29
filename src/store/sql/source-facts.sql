-- What a source's roll holds now, and how old its oldest complete read is.
-- Params: $1 source
SELECT count(*) FILTER (WHERE g.dissolved_at IS NULL)::integer AS groups,
  coalesce(sum(r.rows), 0)::bigint AS members,
  min(r.complete_ended_at) FILTER (WHERE g.dissolved_at IS NULL AND g.wanted) AS oldest_complete_read
FROM rollcall.source s JOIN rollcall.chat_group g USING (source_no) JOIN rollcall.roll_state r USING (group_no)
WHERE s.name = $1;
