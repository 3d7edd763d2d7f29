-- The fingerprints of some rolls.
-- Params: $1 group numbers
SELECT group_no, account_id, (print >> 32)::integer AS hi, (((print & 4294967295) # 2147483648) - 2147483648)::integer AS lo,
  live_print AS live
FROM rollcall.member WHERE group_no = ANY ($1::integer[]);
