-- One group with what its roll is built on.
-- Params: $1 source, $2 group
SELECT s.name AS source, g.group_id, g.type, g.name, g.owner_id, r.rows AS members, g.member_count AS vendor_count,
  g.max_members, g.mute_all, g.join_mode, g.created_at,
  nullif(coalesce(g.attributes, '{}') || coalesce(g.live, '{}'), '{}') AS attributes, g.first_seen_at, g.dissolved_at,
  CASE WHEN NOT g.wanted THEN 'none' WHEN r.first_complete_at IS NOT NULL THEN 'full' WHEN r.rows > 0 THEN 'partial'
    ELSE 'none' END AS coverage,
  r.read_ended_at AS last_read_at, r.complete_ended_at AS complete_at, rollcall.proven_from(g.group_no) AS proven_from, r.unseen
FROM rollcall.source s
JOIN rollcall.chat_group g USING (source_no)
JOIN rollcall.roll_state r USING (group_no)
WHERE s.name = $1 AND g.group_id = $2;
