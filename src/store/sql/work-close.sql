-- Ends a run, its asks and its scratch state.
-- Params: $1 run, $2 finished, $3 verdict, $4 reason, $5 counts as JSON, $6 calls
WITH ended AS (
  UPDATE rollcall.ask SET ended_at = clock_timestamp() WHERE run_no = $1 AND ended_at IS NULL
), gone AS (
  DELETE FROM rollcall.run_work WHERE run_no = $1
)
UPDATE rollcall.run r SET finished_at = $2, verdict = $3, reason = $4, groups_seen = c.seen, groups_complete = c.complete,
  groups_partial = c.partial, groups_gone = c.gone, groups_failed = c.failed, groups_unchanged = c.unchanged,
  groups_unwalked = c.unwalked,
  members_read = c.read, members_joined = c.joined, members_left = c."left", members_changed = c.changed,
  members_held = c.held,
  calls = $6::jsonb, rate_limited = c.rate_limited,
  duration_ms = round(extract(epoch FROM $2::timestamptz - r.started_at) * 1000)
FROM jsonb_to_record($5::jsonb) AS c (seen integer, complete integer, partial integer, gone integer, failed integer,
  unchanged integer, unwalked integer, read bigint, joined bigint, "left" bigint, changed bigint, held bigint, rate_limited integer)
WHERE r.run_no = $1 AND r.finished_at IS NULL;
