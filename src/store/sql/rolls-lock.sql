-- Locks the rolls that a batch of reads is about to write, always in the same order, and says what they hold now.
-- Params: $1 group numbers
SELECT group_no, version, read_ended_at FROM rollcall.roll_state WHERE group_no = ANY ($1::integer[])
ORDER BY group_no FOR UPDATE;
