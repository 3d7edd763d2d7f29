-- Nothing of these groups is held back any more.
-- Params: $1 group numbers
DELETE FROM rollcall.held WHERE group_no = ANY ($1::integer[]);
