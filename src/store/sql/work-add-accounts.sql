-- Accounts whose lists of groups belong into a run, each once.
-- Params: $1 run, $2 accounts
INSERT INTO rollcall.run_account (run_no, account_id) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING;
