-- Holds something of a group back: the same again keeps its id, anything else replaces it under a new one. The group's
-- roll is locked.
-- Params: $1 source number, $2 group number, $3 run, $4 kind, $5 members, $6 reason, $7 moment, $8 accounts
WITH before AS (
  SELECT h.held_no, h.since, h.kind = $4 AND NOT EXISTS (
      SELECT account_id FROM rollcall.held_account a WHERE a.held_no = h.held_no
      EXCEPT SELECT unnest($8::text[])
    ) AND NOT EXISTS (
      SELECT unnest($8::text[])
      EXCEPT SELECT account_id FROM rollcall.held_account a WHERE a.held_no = h.held_no
    ) AS same
  FROM rollcall.held h WHERE h.group_no = $2
), kept AS (
  UPDATE rollcall.held h SET run_no = $3, members = $5, reason = $6, seen_at = $7
  FROM before WHERE h.held_no = before.held_no AND before.same
), replaced AS (
  -- Moved under a new id in place: a second row of the group could not stand beside it in one statement.
  UPDATE rollcall.held h SET held_no = nextval('rollcall.held_held_no_seq'), run_no = $3, kind = $4, members = $5,
    reason = $6, seen_at = $7, rejected_at = NULL
  FROM before WHERE h.held_no = before.held_no AND NOT before.same
  RETURNING h.held_no
), fresh AS (
  INSERT INTO rollcall.held (source_no, group_no, run_no, kind, members, reason, since, seen_at)
  SELECT $1, $2, $3, $4, $5, $6, $7, $7 WHERE NOT EXISTS (SELECT FROM before)
  RETURNING held_no
)
SELECT held_no FROM replaced UNION ALL SELECT held_no FROM fresh;
