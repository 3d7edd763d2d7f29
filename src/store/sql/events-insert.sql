-- Writes what happened to groups.
-- Params: $1 run number, $2 events as a JSON array
INSERT INTO rollcall.group_event (group_no, run_no, kind, at, not_before, old, new)
SELECT e.group_no, $1, e.kind, e.at, e.not_before, e.old, e.new
FROM jsonb_to_recordset($2::jsonb)
  AS e (group_no integer, kind text, at timestamptz, not_before timestamptz, old jsonb, new jsonb);
