-- The stored descriptions of some groups, to compare with what a read shows.
-- Params: $1 group numbers
SELECT group_no, group_id, type, name, owner_id, member_count, max_members, mute_all, join_mode, created_at, attributes, live
FROM rollcall.chat_group WHERE group_no = ANY ($1::integer[]);
