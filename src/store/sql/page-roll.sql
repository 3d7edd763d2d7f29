-- One page of a group's roll at a moment, owner and admins first, and how many there are in all.
-- Params: $1 source, $2 group, $3 moment, $4 what account or name card contain (LIKE pattern), $5 role, $6 offset, $7 how many
WITH roll AS MATERIALIZED (
  SELECT account_id, role, name_card, joined_at, proven FROM rollcall.members_at($1, $2, $3)
), fit AS (
  SELECT * FROM roll
  WHERE ($4::text IS NULL OR account_id ILIKE $4 OR name_card ILIKE $4) AND ($5::text IS NULL OR role = $5)
)
SELECT a.total, a.unproven, a.owners, a.admins, (SELECT count(*) FROM fit)::integer AS fitting, p.*
FROM (
  SELECT count(*)::integer AS total, count(*) FILTER (WHERE NOT proven)::integer AS unproven,
    count(*) FILTER (WHERE role = 'owner')::integer AS owners, count(*) FILTER (WHERE role = 'admin')::integer AS admins
  FROM roll
) a
LEFT JOIN LATERAL (
  SELECT * FROM fit ORDER BY array_position('{owner,admin,member}'::text[], role), account_id COLLATE "C" OFFSET $6 LIMIT $7
) p ON true;
