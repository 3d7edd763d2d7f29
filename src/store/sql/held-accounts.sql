-- Whose leaves a case holds back.
-- Params: $1 id, $2 accounts
WITH gone AS (
  DELETE FROM rollcall.held_account a WHERE a.held_no = $1
    AND NOT EXISTS (SELECT FROM unnest($2::text[]) AS k (account_id) WHERE k.account_id = a.account_id)
)
INSERT INTO rollcall.held_account (held_no, account_id) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING;
