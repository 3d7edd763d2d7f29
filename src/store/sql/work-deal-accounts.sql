-- Deals the accounts nobody has yet out to new parts.
-- Params: $1 run, $2 the first new part, $3 accounts a part
WITH dealt AS (
  UPDATE rollcall.run_account a SET part_no = $2 + (n.place - 1) / $3
  FROM (SELECT account_id, row_number() OVER (ORDER BY account_id)::integer AS place FROM rollcall.run_account
    WHERE run_no = $1 AND part_no IS NULL) n
  WHERE a.run_no = $1 AND a.account_id = n.account_id RETURNING a.part_no
)
INSERT INTO rollcall.run_part (run_no, part_no, kind) SELECT DISTINCT $1::integer, part_no, 'accounts' FROM dealt
RETURNING part_no, kind;
