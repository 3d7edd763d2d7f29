-- Bounds what a run has proven by what the vendor said beforehand: who left was in until the last exit told of, who joined was
-- not before the last entry told of. Only within the bounds that the reads give.
-- Params: $1 run, $2 how far the vendor's clock may be off, ms
WITH said AS (
  SELECT g.group_no, m.account_id, m.kind, max(m.at) - $2 * interval '1 millisecond' AS at
  FROM rollcall.ask a JOIN rollcall.hint_move m USING (ask_no)
  JOIN rollcall.chat_group g ON g.source_no = a.source_no AND g.group_id = m.group_id
  WHERE a.run_no = $1 GROUP BY 1, 2, 3
), ended AS (
  UPDATE rollcall.stay t SET end_not_before = s.at FROM said s
  WHERE s.kind = 'left' AND t.group_no = s.group_no AND t.account_id = s.account_id AND t.end_run = $1
    AND s.at > t.end_not_before AND s.at > t.start_at AND s.at < t.end_at
)
UPDATE rollcall.member m SET start_not_before = s.at FROM said s
WHERE s.kind = 'joined' AND m.group_no = s.group_no AND m.account_id = s.account_id AND m.start_run = $1
  AND s.at > m.start_not_before AND s.at < m.start_at;
