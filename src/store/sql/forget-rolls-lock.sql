-- Locks rolls in the order in which reads lock them, with their sums.
-- Params: $1 group numbers
SELECT group_no, rows, print, live_print FROM rollcall.roll_state WHERE group_no = ANY ($1::integer[])
ORDER BY group_no FOR UPDATE;
