-- Joins, leaves and size by step, of a source or of one group: counted back from the size now.
-- Params: $1 source, $2 group (null: the whole source), $3 since, $4 until, $5 time zone, $6 step (hour, day, week)
WITH k AS MATERIALIZED (
  SELECT rollcall.source_number($1) AS source_no,
    CASE WHEN $2::text IS NOT NULL THEN coalesce(rollcall.group_number($1, $2), -1) END AS group_no
), steps AS MATERIALIZED (
  SELECT d AT TIME ZONE $5 AS starts
  FROM generate_series(date_trunc($6, $3::timestamptz AT TIME ZONE $5), ($4::timestamptz AT TIME ZONE $5) - interval '1 microsecond',
    ('1 ' || $6)::interval) d
), counted AS MATERIALIZED (
  SELECT date_trunc($6, f.at AT TIME ZONE $5) AT TIME ZONE $5 AS starts, sum(f.joins) AS joins, sum(f.backlog) AS backlog,
    sum(f.leaves) AS leaves
  FROM k CROSS JOIN LATERAL rollcall.facts(k.source_no, k.group_no, (SELECT min(starts) FROM steps)) f
  GROUP BY 1
)
SELECT s.starts AS at, coalesce(c.joins, 0)::integer AS joined, coalesce(c.backlog, 0)::integer AS backlog,
  coalesce(c.leaves, 0)::integer AS "left",
  ((SELECT rollcall.size_now(k.source_no, k.group_no) FROM k)
    - (SELECT coalesce(sum(z.joins + z.backlog - z.leaves), 0) FROM counted z)
    + sum(coalesce(c.joins + c.backlog - c.leaves, 0)) OVER (ORDER BY s.starts))::integer AS members
FROM steps s LEFT JOIN counted c USING (starts)
ORDER BY s.starts;
