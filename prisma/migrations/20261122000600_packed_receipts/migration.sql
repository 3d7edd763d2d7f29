-- Reads that found a group as it was are the most of all, and each says next to nothing: one row holds those of a whole
-- batch. A receipt that has more to say keeps a row of its own, in group_receipt. group_read is both.
ALTER TABLE rollcall.group_read RENAME TO group_receipt;
ALTER TABLE rollcall.group_receipt RENAME CONSTRAINT group_read_pkey TO group_receipt_pkey;
ALTER TABLE rollcall.group_receipt RENAME CONSTRAINT group_read_run_no_fkey TO group_receipt_run_no_fkey;

-- Complete reads of one run that began and ended together, with the same number of passes and calls each.
CREATE TABLE rollcall.receipt_pack (
  pack_no serial PRIMARY KEY,
  run_no integer NOT NULL REFERENCES rollcall.run (run_no) ON DELETE RESTRICT ON UPDATE CASCADE,
  began_at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL,
  passes integer NOT NULL,
  calls integer NOT NULL,
  counted boolean NOT NULL, -- whether the vendor counts its members; then it counted as many as were read
  group_nos integer[] NOT NULL,
  rows_read integer[] NOT NULL,
  CHECK (cardinality(group_nos) = cardinality(rows_read))
);
CREATE INDEX receipt_pack_run_no_idx ON rollcall.receipt_pack (run_no);
CREATE INDEX receipt_pack_began_at_idx ON rollcall.receipt_pack (began_at);

-- Which run the newest read that was applied belongs to: so that its receipt need not be looked for.
ALTER TABLE rollcall.roll_state ADD COLUMN read_run integer;

CREATE VIEW rollcall.group_read AS
SELECT run_no, group_id, began_at, ended_at, outcome, vendor_count, rows_read, passes, calls, reason
FROM rollcall.group_receipt
UNION ALL
SELECT p.run_no, g.group_id, p.began_at, p.ended_at, 'complete', CASE WHEN p.counted THEN u.rows_read END, u.rows_read,
  p.passes, p.calls, NULL
FROM rollcall.receipt_pack p
CROSS JOIN LATERAL unnest(p.group_nos, p.rows_read) AS u (group_no, rows_read)
JOIN rollcall.chat_group g ON g.group_no = u.group_no;

CREATE OR REPLACE VIEW rollcall.group_reads AS
SELECT d.run_no AS run_id, s.name AS source, d.group_id, d.outcome::text AS outcome, d.vendor_count, d.rows_read, d.passes,
  d.calls, d.reason, d.began_at, d.ended_at
FROM rollcall.group_read d
JOIN rollcall.run r USING (run_no)
JOIN rollcall.source s USING (source_no);

-- As before. The roll knows its newest applied read; only a receipt of the same run or a later one can say more.
CREATE OR REPLACE VIEW rollcall.freshness AS
SELECT d.source, d.group_id, g.name, d.newest_read, rollcall.report_now() - d.newest_read AS age, d.stale, d.held_leaves,
  CASE WHEN last.run_no IS NULL AND t.read_run IS NOT NULL THEN 'complete' ELSE last.outcome END AS outcome, last.reason,
  CASE WHEN last.run_no IS NULL AND t.read_run IS NOT NULL THEN t.read_ended_at ELSE last.ended_at END AS last_tried_at,
  coalesce(last.run_no, t.read_run) AS last_run_id
FROM rollcall.data_quality d
JOIN rollcall.source s ON s.name = d.source
JOIN rollcall.chat_group g ON g.source_no = s.source_no AND g.group_id = d.group_id
JOIN rollcall.roll_state t ON t.group_no = g.group_no
LEFT JOIN LATERAL (
  SELECT e.outcome::text AS outcome, e.reason, e.ended_at, e.run_no
  FROM rollcall.run r JOIN rollcall.group_receipt e ON e.run_no = r.run_no AND e.group_id = g.group_id
  WHERE r.source_no = g.source_no AND r.run_no >= coalesce(t.read_run, 0) ORDER BY r.run_no DESC LIMIT 1
) last ON true
WHERE d.is_read;

-- Notes reads that found everything as it was, and gives the groups back of which that is still true. The rows are taken
-- in order, so that writers wait for each other and never in a circle; locking them beforehand would write as much to the
-- log as the notes themselves.
CREATE FUNCTION rollcall.touch_rolls(run integer, group_nos integer[], versions integer[], began timestamptz[],
  ended timestamptz[], complete boolean[])
RETURNS SETOF integer LANGUAGE plpgsql AS $$
BEGIN
  FOR n IN 1 .. cardinality(group_nos) LOOP
    UPDATE rollcall.roll_state r SET read_began_at = began[n], read_ended_at = ended[n],
      first_complete_at = CASE WHEN complete[n] THEN coalesce(r.first_complete_at, ended[n]) ELSE r.first_complete_at END,
      complete_began_at = CASE WHEN complete[n] THEN began[n] ELSE r.complete_began_at END,
      complete_ended_at = CASE WHEN complete[n] THEN ended[n] ELSE r.complete_ended_at END, read_run = run
    WHERE r.group_no = group_nos[n] AND r.version = versions[n]
      AND (r.read_ended_at IS NULL OR r.read_ended_at <= began[n]);
    IF FOUND THEN
      RETURN NEXT group_nos[n];
    END IF;
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION rollcall.touch_rolls(integer, integer[], integer[], timestamptz[], timestamptz[], boolean[])
  FROM PUBLIC;
SELECT rollcall.grant_reader();
