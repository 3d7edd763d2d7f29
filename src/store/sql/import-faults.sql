-- Why the file cannot be imported: what is wrong within it, and what contradicts the reads. The first of them, by line.
-- Params: $1 source number, $2 now, $3 how many
WITH whole AS (
  SELECT s.*, g.group_no, r.first_complete_at, (
      SELECT min(u.started_at) FROM rollcall.run u
      WHERE u.source_no = $1 AND u.started_at <= r.first_complete_at AND coalesce(u.finished_at >= r.first_complete_at, true)) AS read_at
  FROM import_snapshot s
  LEFT JOIN rollcall.chat_group g ON g.source_no = $1 AND g.group_id = s.group_id
  LEFT JOIN rollcall.roll_state r ON r.group_no = g.group_no
), faults AS (
  SELECT r.line, 'twice' AS fault, r.group_id, r.account_id, r.taken_at AS at, NULL::timestamptz AS other_at,
    min(r.line) OVER (PARTITION BY r.group_id, r.account_id, r.taken_at) AS n, NULL::bigint AS m
  FROM import_row r
  WHERE (r.group_id, r.account_id, r.taken_at) IN (SELECT group_id, account_id, taken_at FROM import_row GROUP BY 1, 2, 3 HAVING count(*) > 1)
  UNION ALL
  SELECT line, 'count', group_id, NULL, taken_at, NULL, declared, members FROM import_snapshot
  WHERE declared <> members OR most_declared <> declared
  UNION ALL
  SELECT line, 'future', group_id, NULL, taken_at, NULL, NULL, NULL FROM import_snapshot WHERE taken_at > $2
  UNION ALL
  SELECT min(s.line), 'imported', s.group_id, NULL, NULL, NULL, g.import_no, NULL
  FROM import_snapshot s JOIN rollcall.imported_group g ON g.source_no = $1 AND g.group_id = s.group_id GROUP BY s.group_id, g.import_no
  UNION ALL
  SELECT line, 'late', group_id, NULL, taken_at, coalesce(read_at, first_complete_at), NULL, NULL FROM whole
  WHERE taken_at >= coalesce(read_at, first_complete_at)
  UNION ALL
  -- Somebody whom the vendor's own join time, or a read that saw only some, has in the group when a snapshot does not list them.
  SELECT q.line, 'missing', q.group_id, m.account_id, q.taken_at, m.start_at, NULL, NULL
  FROM (SELECT DISTINCT group_id, group_no FROM whole WHERE group_no IS NOT NULL) w
  JOIN rollcall.every_stay m ON m.group_no = w.group_no AND m.start_not_before IS NULL
  CROSS JOIN LATERAL (
    SELECT s.line, s.group_id, s.taken_at FROM import_snapshot s
    WHERE s.group_id = w.group_id AND s.taken_at > m.start_at + interval '1 second' AND s.taken_at < m.end_at
      AND NOT EXISTS (
        SELECT FROM import_row r WHERE r.group_id = s.group_id AND r.account_id = m.account_id AND r.taken_at = s.taken_at)
    ORDER BY s.taken_at LIMIT 1
  ) q
  WHERE m.start_at < (SELECT max(s.taken_at) FROM import_snapshot s WHERE s.group_id = w.group_id)
)
SELECT line, fault, group_id, account_id, at, other_at, n::integer AS n, m::integer AS m, count(*) OVER ()::integer AS total
FROM faults WHERE fault <> 'twice' OR line > n ORDER BY line, fault, account_id LIMIT $3;
