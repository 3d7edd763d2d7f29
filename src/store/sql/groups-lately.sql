-- The groups that came or went last, without those that were there at the first read.
-- Params: $1 source, $2 kind (created or dissolved), $3 how many
SELECT c.group_id, g.name, c.at,
  CASE WHEN c.kind = 'created' THEN (SELECT count(*) FROM rollcall.current_members m WHERE m.source = c.source AND m.group_id = c.group_id)
    ELSE (SELECT count(*) FROM rollcall.membership_intervals i WHERE i.source = c.source AND i.group_id = c.group_id AND i.end_at = c.at)
  END::integer AS members
FROM rollcall.group_changes c JOIN rollcall.current_groups g USING (source, group_id)
WHERE c.source = $1 AND c.kind = $2 AND (c.kind <> 'created' OR g.dissolved_at IS NULL)
  AND c.run_id > (SELECT min(id) FROM rollcall.runs WHERE source = $1)
ORDER BY c.at DESC, c.id DESC LIMIT $3;
