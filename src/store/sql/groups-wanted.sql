-- Says of every known group whether the configuration still wants groups of its type.
-- Params: $1 source number, $2 types wanted, or null for all
UPDATE rollcall.chat_group SET wanted = ($2::text[] IS NULL OR type = ANY ($2::text[]))
WHERE source_no = $1 AND wanted <> ($2::text[] IS NULL OR type = ANY ($2::text[]));
