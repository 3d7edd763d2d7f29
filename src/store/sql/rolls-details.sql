-- Notes reads of the details alone, and gives the groups back of whose rolls they still say what they said. The rows are
-- locked in order, so that writers wait for each other and never in a circle.
-- Params: $1 group numbers, $2 versions, $3 when the reads began, $4 when they ended
WITH noted AS MATERIALIZED (
  SELECT r.group_no, u.ended
  FROM unnest($1::integer[], $2::integer[], $3::timestamptz[], $4::timestamptz[]) AS u (group_no, version, began, ended)
  JOIN rollcall.roll_state r ON r.group_no = u.group_no AND r.version = u.version AND r.read_ended_at <= u.began
  ORDER BY r.group_no FOR NO KEY UPDATE OF r
)
UPDATE rollcall.roll_state r SET details_at = greatest(r.details_at, n.ended) FROM noted n WHERE r.group_no = n.group_no
RETURNING r.group_no;
