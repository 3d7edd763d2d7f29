-- What the guard holds back, oldest first.
-- Params: $1 source, or null for all; $2 id, or null for all; $3 the rejected ones as well?
SELECT h.held_no, s.name AS source, g.group_id, g.name AS group_name, h.kind, h.members, h.reason, h.since, h.rejected_at,
  ARRAY(SELECT a.account_id FROM rollcall.held_account a WHERE a.held_no = h.held_no ORDER BY a.account_id COLLATE "C") AS accounts
FROM rollcall.held h
JOIN rollcall.source s USING (source_no)
JOIN rollcall.chat_group g USING (group_no)
WHERE ($1::text IS NULL OR s.name = $1) AND ($2::integer IS NULL OR h.held_no = $2)
  AND ($3::boolean OR h.rejected_at IS NULL)
ORDER BY h.since, h.held_no;
