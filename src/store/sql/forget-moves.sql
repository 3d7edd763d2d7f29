-- What webhooks said of an account, of groups that are being looked at.
-- Params: $1 source number, $2 account, $3 pseudonym
UPDATE rollcall.hint_move m SET account_id = $3
FROM rollcall.ask a WHERE a.ask_no = m.ask_no AND a.source_no = $1 AND m.account_id = $2;
