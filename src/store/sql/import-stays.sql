-- The stays that the snapshots show: unbroken runs of snapshots with an account, cut where a join time lies between two of them.
CREATE TEMPORARY TABLE import_stay ON COMMIT DROP AS
WITH seen AS (
  SELECT r.*, s.n, s.before_at, s.after_at, lag(s.n) OVER w AS last_n, lag(r.taken_at) OVER w AS last_at, lag(r.role) OVER w AS last_role,
    lag(r.name_card) OVER w AS last_card
  FROM import_row r JOIN import_snapshot s USING (group_id, taken_at)
  WHERE r.account_id <> ''
  WINDOW w AS (PARTITION BY r.group_id, r.account_id ORDER BY s.n)
), cut AS (
  SELECT *, (last_n IS DISTINCT FROM n - 1 OR coalesce(joined_at > last_at AND joined_at <= taken_at, false)) AS begins FROM seen
), numbered AS (
  SELECT *, count(*) FILTER (WHERE begins) OVER (PARTITION BY group_id, account_id ORDER BY n) AS stay FROM cut
), stays AS (
  SELECT group_id, account_id, stay, min(taken_at) AS first_at, max(taken_at) AS seen_at, (array_agg(before_at ORDER BY n))[1] AS before_at,
    (array_agg(after_at ORDER BY n DESC))[1] AS after_at, (array_agg(joined_at ORDER BY n))[1] AS joined_at,
    (array_agg(role ORDER BY n DESC))[1] AS role, (array_agg(name_card ORDER BY n DESC))[1] AS name_card,
    bool_or(NOT begins AND (role <> last_role OR name_card IS DISTINCT FROM last_card)) AS edited
  FROM numbered GROUP BY group_id, account_id, stay
), timed AS (
  SELECT *, CASE WHEN joined_at <= first_at AND (before_at IS NULL OR joined_at > before_at) THEN joined_at ELSE first_at END AS start_at
  FROM stays
)
SELECT group_id, account_id, stay, start_at, before_at AS start_not_before, first_at, seen_at, joined_at, role, name_card, edited,
  least(after_at, lead(start_at) OVER (PARTITION BY group_id, account_id ORDER BY stay)) AS end_at
FROM timed;
