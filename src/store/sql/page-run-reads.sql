-- The receipts of a run, what went wrong first.
-- Params: $1 run, $2 outcome (null for any), $3 after this place (outcome's rank), $4 and group, $5 how many
SELECT x.* FROM (
  SELECT d.group_id, g.name, d.outcome::text AS outcome, d.vendor_count, d.rows_read, d.passes, d.calls, d.reason, d.began_at,
    d.ended_at, array_position('{failed,forbidden,partial,gone,unlistable,unwalked,complete}'::text[], d.outcome::text) AS rank
  FROM rollcall.group_read d
  JOIN rollcall.run r USING (run_no)
  LEFT JOIN rollcall.chat_group g ON g.source_no = r.source_no AND g.group_id = d.group_id
  WHERE d.run_no = $1 AND ($2::text IS NULL OR d.outcome::text = $2)
) x
WHERE $3::integer IS NULL OR (x.rank, x.group_id COLLATE "C") > ($3, $4::text COLLATE "C")
ORDER BY x.rank, x.group_id COLLATE "C" LIMIT $5;
