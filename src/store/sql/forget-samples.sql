-- The tables with accounts of whose columns the planner keeps samples.
SELECT DISTINCT format('%I.%I (%s)', s.schemaname, s.tablename, string_agg(quote_ident(s.attname), ', ')) AS name
FROM pg_stats s
WHERE s.schemaname = 'rollcall' AND s.tablename IN ('member', 'stay', 'member_edit', 'group_event', 'chat_group', 'held_account',
    'hint_move', 'run_account', 'bad_record', 'ask', 'run', 'group_receipt')
  AND s.attname IN ('account_id', 'name_card', 'owner_id', 'attributes', 'live', 'old', 'new', 'scope', 'note', 'reason')
GROUP BY s.schemaname, s.tablename;
