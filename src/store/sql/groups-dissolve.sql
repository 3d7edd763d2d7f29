-- Marks groups as gone.
-- Params: $1 group numbers, $2 the moments
UPDATE rollcall.chat_group c SET dissolved_at = d.at, member_count = NULL
FROM unnest($1::integer[], $2::timestamptz[]) AS d (group_no, at) WHERE c.group_no = d.group_no;
