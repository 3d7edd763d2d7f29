-- Keeps what was said of accounts until the run that looks has ended; what belongs to asks that have ended goes.
-- Params: $1 ask, $2 moves as a JSON array of {group, account, kind, at}
WITH over AS (
  DELETE FROM rollcall.hint_move m USING rollcall.ask a WHERE a.ask_no = m.ask_no AND a.ended_at IS NOT NULL
)
INSERT INTO rollcall.hint_move (ask_no, group_id, account_id, kind, at)
SELECT $1, e."group", e.account, e.kind, to_timestamp(max(e.at) / 1000)
FROM jsonb_to_recordset($2) AS e ("group" text, account text, kind text, at float8)
WHERE e.at BETWEEN 0 AND extract(epoch FROM clock_timestamp()) * 1000 + 60000
GROUP BY 2, 3, 4
ON CONFLICT (ask_no, group_id, account_id, kind) DO UPDATE SET at = greatest(hint_move.at, excluded.at);
