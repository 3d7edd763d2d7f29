-- Every group of the source that is known and not dissolved belongs into a run of the whole source.
-- Params: $1 run, $2 source number, $3 types wanted, or null for all
INSERT INTO rollcall.run_group (run_no, group_id, type, member_count, known)
SELECT $1, group_id, type, member_count, true FROM rollcall.chat_group
WHERE source_no = $2 AND dissolved_at IS NULL AND ($3::text[] IS NULL OR type = ANY ($3::text[]))
ON CONFLICT DO NOTHING;
