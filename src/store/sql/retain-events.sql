-- One step: takes out what happened to groups before a moment, but for their beginnings and ends: their lives are made of these.
-- Params: $1 source number, $2 before this moment, $3 how many at the most, $4 from this group on, $5 how many groups at the most
WITH few AS MATERIALIZED (
  SELECT g.group_no FROM rollcall.chat_group g WHERE g.source_no = $1 AND g.group_no >= $4 ORDER BY g.group_no LIMIT $5
), doomed AS MATERIALIZED (
  SELECT e.ctid AS place, f.group_no FROM few f
  CROSS JOIN LATERAL (
    SELECT v.ctid FROM rollcall.group_event v
    WHERE v.group_no = f.group_no AND v.at < $2 AND v.kind IN ('renamed', 'owner', 'updated') ORDER BY v.id LIMIT $3
  ) e
  LIMIT $3
), events AS (
  DELETE FROM rollcall.group_event WHERE ctid = ANY (ARRAY(SELECT d.place FROM doomed d)) RETURNING 1
)
SELECT 0 AS stays, 0 AS edits, (SELECT count(*) FROM events)::integer AS events, 0 AS reads,
  CASE WHEN n.taken >= $3 THEN (SELECT max(d.group_no) FROM doomed d) WHEN n.groups >= $5 THEN n.last + 1 END AS next_no,
  NULL::text AS next_end, NULL::text AS next_start
FROM (SELECT (SELECT count(*) FROM doomed) AS taken, count(*) AS groups, max(group_no) AS last FROM few) n;
