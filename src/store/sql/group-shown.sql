-- One group as users see it.
-- Params: $1 source, $2 group
SELECT name, type, coverage, last_read_at, dissolved_at FROM rollcall.current_groups WHERE source = $1 AND group_id = $2;
