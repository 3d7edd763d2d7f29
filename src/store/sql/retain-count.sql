-- What a pass of retention would take out, receipts roughly: those that are kept for what they say are counted along.
-- Params: $1 source, $2 stays that ended before this moment, $3 receipts from before it
WITH own AS MATERIALIZED (
  SELECT g.group_no FROM rollcall.chat_group g WHERE g.source_no = (SELECT rollcall.source_number($1))
), those AS MATERIALIZED (
  SELECT r.run_no FROM rollcall.run r WHERE r.source_no = (SELECT rollcall.source_number($1)) AND r.started_at < $3
), doomed AS (
  SELECT count(*) AS stays, coalesce(sum(CASE WHEN t.edited THEN (
      SELECT count(*) FROM rollcall.member_edit e
      WHERE e.group_no = t.group_no AND e.account_id = t.account_id AND e.id > t.join_id AND e.id < t.left_id) END), 0) AS edits
  FROM own JOIN rollcall.stay t USING (group_no) WHERE t.end_at < $2
), imported AS (
  SELECT count(*) AS stays, coalesce(sum(CASE WHEN p.edited THEN (
      SELECT count(*) FROM rollcall.imported_edit e
      WHERE e.source_no = p.source_no AND e.group_id = p.group_id AND e.account_id = p.account_id AND e.id > p.join_id
        AND e.id < p.left_id) END), 0) AS edits
  FROM rollcall.imported_span p WHERE p.source_no = (SELECT rollcall.source_number($1)) AND p.over_at < $2
)
SELECT d.stays + i.stays AS stays, (d.edits + i.edits)::bigint AS edits,
  (SELECT count(*) FROM own JOIN rollcall.group_event v USING (group_no)
    WHERE v.at < $2 AND v.kind IN ('renamed', 'owner', 'updated')) AS events,
  (SELECT count(*) FROM those JOIN rollcall.group_receipt e USING (run_no) WHERE e.ended_at < $3)
    + (SELECT count(*) FROM those JOIN rollcall.receipt_pack p USING (run_no) WHERE p.ended_at < $3) AS reads
FROM doomed d, imported i;
