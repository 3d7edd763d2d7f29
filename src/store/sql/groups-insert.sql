-- Enters groups seen for the first time, with an empty roll each. A group that another writer has entered meanwhile is left out.
-- Params: $1 source number, $2 groups as a JSON array (columns of chat_group)
WITH entered AS (
  INSERT INTO rollcall.chat_group (source_no, group_id, type, name, owner_id, member_count, max_members, mute_all, join_mode,
    created_at, attributes, live, print, live_print, first_seen_at)
  SELECT $1, g.group_id, g.type, g.name, g.owner_id, g.member_count, g.max_members, g.mute_all, g.join_mode, g.created_at,
    g.attributes, g.live, g.print, g.live_print, g.seen_at
  FROM jsonb_to_recordset($2::jsonb) AS g (group_id text, type text, name text, owner_id text, member_count integer,
    max_members integer, mute_all boolean, join_mode text, created_at timestamptz, attributes jsonb, live jsonb, print bigint,
    live_print integer, seen_at timestamptz)
  ORDER BY g.group_id
  ON CONFLICT (source_no, group_id) DO NOTHING
  RETURNING group_no, group_id
), rolls AS (
  INSERT INTO rollcall.roll_state (group_no) SELECT group_no FROM entered
)
SELECT group_no, group_id FROM entered;
