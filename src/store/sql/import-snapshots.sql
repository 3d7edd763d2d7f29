-- The snapshots of the file: of each group in the order of time, with the ones before and after.
CREATE TEMPORARY TABLE import_snapshot ON COMMIT DROP AS
SELECT group_id, taken_at, count(*) FILTER (WHERE account_id <> '') AS members, min(declared) AS declared, max(declared) AS most_declared,
  min(line) AS line, row_number() OVER w AS n, lag(taken_at) OVER w AS before_at, lead(taken_at) OVER w AS after_at
FROM import_row GROUP BY group_id, taken_at
WINDOW w AS (PARTITION BY group_id ORDER BY taken_at);
