-- One step: takes out asks of a source that were answered before a moment, with what webhooks had said for them.
-- Params: $1 source number, $2 before this moment, $3 how many to look at, $4 from this ask on
WITH few AS MATERIALIZED (
  SELECT a.ask_no, a.source_no, a.ended_at FROM rollcall.ask a WHERE a.ask_no >= $4 ORDER BY a.ask_no LIMIT $3
), asks AS (
  DELETE FROM rollcall.ask WHERE ask_no = ANY (ARRAY(SELECT f.ask_no FROM few f WHERE f.source_no = $1 AND f.ended_at < $2))
)
SELECT 0 AS stays, 0 AS edits, 0 AS events, 0 AS reads,
  CASE WHEN count(*) >= $3 THEN max(ask_no) + 1 END AS next_no, NULL::text AS next_end, NULL::text AS next_start
FROM few;
