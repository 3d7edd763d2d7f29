-- Ends stays: the rows leave the roll and become closed stays.
-- Params: $1 run number, $2 group numbers, $3 accounts, $4 ends, $5 when the last complete read with them began
WITH gone AS (
  DELETE FROM rollcall.member m
  USING unnest($2::integer[], $3::text[], $4::timestamptz[], $5::timestamptz[]) AS e (group_no, account_id, end_at, last_with)
  WHERE m.group_no = e.group_no AND m.account_id = e.account_id
  RETURNING m.*, e.end_at, coalesce(m.unseen_from, e.last_with, m.first_seen_at) AS end_not_before
)
INSERT INTO rollcall.stay (first_seen_at, start_at, start_not_before, end_at, end_not_before, join_id, group_no, start_run,
  end_run, role, account_id, edited, name_card, muted_until, joined_at, attributes)
SELECT first_seen_at, start_at, start_not_before, end_at, end_not_before, join_id, group_no, start_run, $1, role, account_id,
  edited, name_card, muted_until, joined_at, attributes
FROM gone ORDER BY group_no, account_id;
