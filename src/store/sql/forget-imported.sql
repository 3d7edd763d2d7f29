-- The imported stays of an account.
-- Params: $1 source number, $2 account, $3 pseudonym
UPDATE rollcall.imported_stay SET account_id = $3, name_card = NULL WHERE source_no = $1 AND account_id = $2;
