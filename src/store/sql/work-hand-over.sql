-- A large group leaves its part and becomes one of its own.
-- Params: $1 run, $2 group, $3 the new part
WITH moved AS (
  UPDATE rollcall.run_group SET part_no = $3 WHERE run_no = $1 AND group_id = $2 AND NOT done RETURNING run_no
)
INSERT INTO rollcall.run_part (run_no, part_no, kind) SELECT run_no, $3, 'group' FROM moved RETURNING part_no, kind;
