-- How many groups stood at the end of each day.
-- Params: $1 source, $2 since, $3 until, $4 time zone
WITH days AS (
  SELECT d AT TIME ZONE $4 AS at, (d + interval '1 day') AT TIME ZONE $4 AS ends
  FROM generate_series(date_trunc('day', $2::timestamptz AT TIME ZONE $4), ($3::timestamptz AT TIME ZONE $4) - interval '1 microsecond', interval '1 day') d
), own AS MATERIALIZED (
  SELECT first_seen_at, dissolved_at FROM rollcall.chat_group WHERE source_no = (SELECT rollcall.source_number($1))
), moves AS (
  SELECT first_seen_at AS at, 1 AS step FROM own
  UNION ALL SELECT dissolved_at, -1 FROM own WHERE dissolved_at IS NOT NULL
), bound AS (
  SELECT width_bucket(m.at, (SELECT array_agg(ends ORDER BY ends) FROM days)) AS n, sum(step) AS step FROM moves m GROUP BY 1
)
SELECT d.at, (sum(coalesce(b.step, 0)) OVER (ORDER BY d.at))::integer AS groups
FROM (SELECT at, row_number() OVER (ORDER BY at) - 1 AS n FROM days) d LEFT JOIN bound b USING (n)
ORDER BY d.at;
