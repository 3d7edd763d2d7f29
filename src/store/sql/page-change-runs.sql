-- The runs next in line for the change feed: as many as hold a page of changes. Null bounds where there are none.
-- Params: $1 source (null for any), $2 from this run on (null: from the end), $3 -1 newest first or 1 oldest first,
--   $4 how many changes, $5 since (null for any): runs that ended before it hold nothing, $6 how many runs at the most
WITH next AS (
  SELECT r.run_no, r.finished_at, sum(r.members_joined + r.members_left + r.members_changed) OVER (ORDER BY r.run_no * $3::integer) AS held,
    row_number() OVER (ORDER BY r.run_no * $3) AS nth
  FROM rollcall.run r
  WHERE ($1::text IS NULL OR r.source_no = (SELECT rollcall.source_number($1)))
    AND ($2::integer IS NULL OR r.run_no * $3 >= $2 * $3)
    AND ($5::timestamptz IS NULL OR r.finished_at IS NULL OR r.finished_at >= $5)
  ORDER BY r.run_no * $3 LIMIT $6::integer + 1
), taken AS (
  SELECT run_no, nth FROM next
  WHERE nth <= least((SELECT min(nth) FROM next WHERE held > $4::integer), $6)
)
SELECT min(run_no) AS first, max(run_no) AS last,
  (SELECT n.run_no FROM next n WHERE n.nth = (SELECT max(nth) + 1 FROM taken)) AS after
FROM taken;
