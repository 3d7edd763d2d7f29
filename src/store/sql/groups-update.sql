-- Brings the description of known groups up to date.
-- Params: $1 groups as a JSON array (group_no and the columns of chat_group)
UPDATE rollcall.chat_group c SET type = g.type, name = g.name, owner_id = g.owner_id, member_count = g.member_count,
  max_members = g.max_members, mute_all = g.mute_all, join_mode = g.join_mode, created_at = g.created_at,
  attributes = g.attributes, live = g.live, print = g.print, live_print = g.live_print, dissolved_at = NULL, wanted = true
FROM jsonb_to_recordset($1::jsonb) AS g (group_no integer, type text, name text, owner_id text, member_count integer,
  max_members integer, mute_all boolean, join_mode text, created_at timestamptz, attributes jsonb, live jsonb, print bigint, live_print integer)
WHERE c.group_no = g.group_no;
