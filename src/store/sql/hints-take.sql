-- Takes the groups of a source that are to be looked at, the longest waiting first; none while as many looks as allowed are
-- under way.
-- Params: $1 source number, $2 how many looks at once, $3 how many groups
DELETE FROM rollcall.hint h
WHERE h.source_no = $1
  AND (SELECT count(*) FROM rollcall.ask a WHERE a.source_no = $1 AND a.trigger = 'webhook' AND a.ended_at IS NULL) < $2
  AND h.group_id IN (SELECT o.group_id FROM rollcall.hint o WHERE o.source_no = $1 ORDER BY o.hinted_at, o.group_id
    LIMIT $3 FOR UPDATE SKIP LOCKED)
RETURNING h.group_id, h.moves;
