-- Leaves of an account that are held back.
-- Params: $1 source number, $2 account, $3 pseudonym
UPDATE rollcall.held_account a SET account_id = $3
FROM rollcall.held h WHERE h.held_no = a.held_no AND h.source_no = $1 AND a.account_id = $2;
