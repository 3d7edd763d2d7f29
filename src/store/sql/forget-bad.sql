-- Records of an account that could not be understood. What stood in them goes, as it was the account's.
-- Params: $1 source number, $2 account, $3 pseudonym
UPDATE rollcall.bad_record b SET account_id = $3, reason = 'not understood; what stood there is not kept'
FROM rollcall.run r WHERE r.run_no = b.run_no AND r.source_no = $1 AND b.account_id = $2;
