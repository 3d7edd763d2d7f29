-- How many groups there are, by type, that fit what is searched.
-- Params: $1 source, $2 LIKE pattern of name or id, $3 state (standing, dissolved; null all), $4 coverage,
--   $5 those alone whose last complete read is more than a day old?
SELECT g.type, count(*)::integer AS groups
FROM rollcall.chat_group g JOIN rollcall.roll_state r USING (group_no)
WHERE ($1::text IS NULL OR g.source_no = (SELECT rollcall.source_number($1)))
  AND ($2::text IS NULL OR g.name ILIKE $2 OR g.group_id ILIKE $2)
  AND CASE $3::text WHEN 'standing' THEN g.dissolved_at IS NULL WHEN 'dissolved' THEN g.dissolved_at IS NOT NULL ELSE true END
  AND ($4::text[] IS NULL OR CASE WHEN NOT g.wanted THEN 'none' WHEN r.first_complete_at IS NOT NULL THEN 'full'
    WHEN r.rows > 0 THEN 'partial' ELSE 'none' END = ANY ($4))
  AND (NOT $5::boolean OR g.wanted AND g.dissolved_at IS NULL AND r.complete_ended_at < now() - interval '24 hours')
GROUP BY g.type ORDER BY 2 DESC;
