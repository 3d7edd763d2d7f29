-- Every stay of an account, those that last first, then the newest.
-- Params: $1 source, $2 account, $3 how many
SELECT g.group_id, g.name, g.type, g.dissolved_at, i.role::text AS role, i.name_card, i.start_not_before, i.start_at,
  i.end_not_before, i.end_at, i.joined_at, i.start_run AS start_run_id, i.end_run AS end_run_id
FROM (
  SELECT m.group_no, m.role, m.name_card, m.start_not_before, m.start_at, NULL::timestamptz AS end_not_before,
    NULL::timestamptz AS end_at, m.joined_at, m.start_run, NULL::integer AS end_run
  FROM rollcall.member m WHERE m.account_id = $2
  UNION ALL
  SELECT t.group_no, t.role, t.name_card, t.start_not_before, t.start_at, t.end_not_before, t.end_at, t.joined_at, t.start_run, t.end_run
  FROM rollcall.stay t WHERE t.account_id = $2
) i
JOIN rollcall.chat_group g ON g.group_no = i.group_no AND g.source_no = (SELECT rollcall.source_number($1))
ORDER BY i.end_at IS NOT NULL, coalesce(i.end_at, i.start_at) DESC LIMIT $3;
