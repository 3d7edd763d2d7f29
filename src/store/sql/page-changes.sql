-- One page of the change feed, run by run, with the names of the groups. old and new are made for the rows shown alone.
-- Params: $1 source, $2 group, $3 account, $4 kinds, $5 since, $6 until (each null for any), $7 first run, $8 last run,
--   $9 -1 newest first or 1 oldest first, $10 $11 $12 the place after which to go on (run, about, id), $13 how many,
--   $14 of joins only those that a first read found (true) or those that happened between reads (false)
SELECT p.run_no AS run_id, p.about, p.id, s.name AS source, g.group_id, g.name AS group_name, p.account_id, p.kind, p.at,
  p.not_before, p.not_after,
  CASE p.kind WHEN 'left' THEN rollcall.shown_state(p.role, p.name_card, p.muted_until, p.attributes) ELSE p.old END AS old,
  CASE WHEN p.kind <> 'joined' THEN p.new
    WHEN p.edited THEN rollcall.state_after(rollcall.shown_state(p.role, p.name_card, p.muted_until, p.attributes), p.group_no,
      p.account_id, p.join_id, p.left_id, '-infinity')
    ELSE rollcall.shown_state(p.role, p.name_card, p.muted_until, p.attributes) END AS new
FROM (
  SELECT c.* FROM rollcall.change_row c
  WHERE ($2::text IS NULL OR c.group_no = (SELECT rollcall.group_number($1, $2)))
    AND ($3::text IS NULL OR c.account_id = $3)
    AND ($4::text[] IS NULL OR c.kind = ANY ($4))
    AND ($14::boolean IS NULL OR c.kind <> 'joined' OR (c.not_before IS NULL) = $14)
    AND ($5::timestamptz IS NULL OR c.at >= $5) AND ($6::timestamptz IS NULL OR c.at < $6)
    AND ($7::integer IS NULL OR c.run_no BETWEEN $7 AND $8 AND c.last_run >= $7)
    AND ($1::text IS NULL OR c.run_no IN (
      SELECT r.run_no FROM rollcall.run r WHERE r.source_no = (SELECT rollcall.source_number($1))
        AND ($7::integer IS NULL OR r.run_no BETWEEN $7 AND $8)))
    AND ($10::integer IS NULL OR (c.run_no * $9::integer, c.about * $9, c.id * $9) > ($10 * $9, $11::integer * $9, $12::bigint * $9))
  ORDER BY c.run_no * $9, c.about * $9, c.id * $9
  LIMIT $13
) p
JOIN rollcall.chat_group g ON g.group_no = p.group_no
JOIN rollcall.source s ON s.source_no = g.source_no
ORDER BY p.run_no * $9, p.about * $9, p.id * $9;
