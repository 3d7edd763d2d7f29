-- Receipts of reads; of two reads of a group in one run, the later one stands.
-- Params: $1 run number, $2 receipts as a JSON array
INSERT INTO rollcall.group_receipt (run_no, group_id, began_at, ended_at, outcome, vendor_count, rows_read, passes, calls, reason)
SELECT $1, r.group_id, r.began_at, r.ended_at, r.outcome::rollcall.read_outcome, r.vendor_count, r.rows_read, r.passes, r.calls,
  r.reason
FROM jsonb_to_recordset($2::jsonb) AS r (group_id text, began_at timestamptz, ended_at timestamptz, outcome text,
  vendor_count integer, rows_read integer, passes integer, calls integer, reason text)
ON CONFLICT (run_no, group_id) DO UPDATE SET began_at = excluded.began_at, ended_at = excluded.ended_at,
  outcome = excluded.outcome, vendor_count = excluded.vendor_count, rows_read = excluded.rows_read,
  passes = excluded.passes, calls = excluded.calls, reason = excluded.reason;
