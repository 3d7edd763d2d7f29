-- Deals the groups nobody has yet out to new parts.
-- Params: $1 run, $2 the first new part, $3 groups a part
WITH dealt AS (
  UPDATE rollcall.run_group g SET part_no = $2 + (n.place - 1) / $3
  FROM (SELECT group_id, row_number() OVER (ORDER BY group_id)::integer AS place FROM rollcall.run_group
    WHERE run_no = $1 AND part_no IS NULL) n
  WHERE g.run_no = $1 AND g.group_id = n.group_id RETURNING g.part_no
)
INSERT INTO rollcall.run_part (run_no, part_no, kind) SELECT DISTINCT $1::integer, part_no, 'batch' FROM dealt
RETURNING part_no, kind;
