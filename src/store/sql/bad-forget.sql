-- Records of earlier runs whose group this run has read without them, or in which it has met such records again.
-- Params: $1 run
DELETE FROM rollcall.bad_record b
USING rollcall.run older, rollcall.run r, rollcall.group_read d
WHERE r.run_no = $1 AND older.run_no = b.run_no AND older.source_no = r.source_no AND b.run_no < $1
  AND d.run_no = $1 AND d.group_id = b.group_id
  AND (d.outcome IN ('complete', 'gone') OR EXISTS (
    SELECT FROM rollcall.bad_record again WHERE again.run_no = $1 AND again.group_id = b.group_id));
