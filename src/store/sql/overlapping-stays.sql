-- Stays of one member in one group that overlap; the database should make this 0 for ever.
-- Params: $1 source
SELECT count(*)::integer AS overlaps
FROM rollcall.membership_intervals a JOIN rollcall.membership_intervals b USING (source, group_id, account_id)
WHERE a.source = $1 AND a.start_at < b.start_at AND coalesce(a.end_at, 'infinity') > b.start_at;
