-- Accounts whose lists a run under way reads.
-- Params: $1 source number, $2 account, $3 pseudonym
UPDATE rollcall.run_account a SET account_id = $3
FROM rollcall.run_work w WHERE w.run_no = a.run_no AND w.source_no = $1 AND a.account_id = $2;
