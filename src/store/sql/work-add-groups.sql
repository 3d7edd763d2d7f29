-- Groups that were found or asked for belong into a run, each once; what lists say of accounts' own memberships is kept.
-- Params: $1 run, $2 source number, $3 hints as a JSON array
INSERT INTO rollcall.run_group AS g (run_no, group_id, type, member_count, known, self)
SELECT $1, h.group_id, coalesce(h.type, c.type), coalesce(h.member_count, c.member_count), h.known OR c.group_no IS NOT NULL,
  h.self
FROM jsonb_to_recordset($3::jsonb) AS h (group_id text, type text, member_count integer, known boolean, self jsonb)
LEFT JOIN rollcall.chat_group c ON c.source_no = $2 AND c.group_id = h.group_id
ON CONFLICT (run_no, group_id) DO UPDATE SET
  known = g.known OR excluded.known,
  type = coalesce(excluded.type, g.type),
  member_count = coalesce(excluded.member_count, g.member_count),
  self = CASE WHEN excluded.self IS NULL THEN g.self ELSE coalesce(g.self, '[]') || excluded.self END
WHERE NOT g.done;
