-- Of known groups, those of which something is not stored as it is now.
-- Params: $1 group numbers, $2 fingerprints, $3 fingerprints of what is only kept current
SELECT c.group_no FROM unnest($1::integer[], $2::bigint[], $3::integer[]) AS g (group_no, print, live_print)
JOIN rollcall.chat_group c USING (group_no)
WHERE (c.print, c.live_print, c.dissolved_at, c.wanted) IS DISTINCT FROM (g.print, g.live_print, NULL::timestamptz, true);
