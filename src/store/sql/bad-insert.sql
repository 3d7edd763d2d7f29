-- Records that could not be understood, kept aside.
-- Params: $1 run number, $2 records as a JSON array
INSERT INTO rollcall.bad_record (run_no, group_id, account_id, field, reason, at)
SELECT $1, b.group_id, b.account_id, b.field, b.reason, b.at
FROM jsonb_to_recordset($2::jsonb) AS b (group_id text, account_id text, field text, reason text, at timestamptz);
