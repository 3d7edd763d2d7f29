-- Roles and name cards that differ from one snapshot to the next within a stay.
CREATE TEMPORARY TABLE import_edit ON COMMIT DROP AS
SELECT s.group_id, s.account_id, s.stay, k.kind, r.taken_at AS at, r.last_at AS not_before, k.old, k.new
FROM import_stay s
JOIN (
  SELECT group_id, account_id, taken_at, role, name_card, lag(taken_at) OVER w AS last_at, lag(role) OVER w AS last_role,
    lag(name_card) OVER w AS last_card
  FROM import_row WHERE account_id <> '' WINDOW w AS (PARTITION BY group_id, account_id ORDER BY taken_at)
) r ON r.group_id = s.group_id AND r.account_id = s.account_id AND r.taken_at > s.first_at AND r.taken_at <= s.seen_at
CROSS JOIN LATERAL (VALUES
  ('role', jsonb_build_object('role', r.last_role), jsonb_build_object('role', r.role), r.role <> r.last_role),
  ('name_card', jsonb_build_object('name_card', r.last_card), jsonb_build_object('name_card', r.name_card),
    r.name_card IS DISTINCT FROM r.last_card)) k (kind, old, new, differs)
WHERE s.edited AND k.differs;
