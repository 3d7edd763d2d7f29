-- The vendor's word that groups are gone waits for the end of the run.
-- Params: $1 run, $2 words as a JSON array
INSERT INTO rollcall.gone_waiting (run_no, group_id, began_at, ended_at, reason)
SELECT $1, w.group_id, w.began_at, w.ended_at, w.reason
FROM jsonb_to_recordset($2::jsonb) AS w (group_id text, began_at timestamptz, ended_at timestamptz, reason text)
ON CONFLICT (run_no, group_id) DO UPDATE SET began_at = excluded.began_at, ended_at = excluded.ended_at,
  reason = excluded.reason;
