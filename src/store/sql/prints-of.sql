-- The fingerprints of some members.
-- Params: $1 group numbers, $2 accounts (pairs)
SELECT m.group_no, m.account_id, (m.print >> 32)::integer AS hi,
  (((m.print & 4294967295) # 2147483648) - 2147483648)::integer AS lo, m.live_print AS live
FROM unnest($1::integer[], $2::text[]) AS w (group_no, account_id)
JOIN rollcall.member m ON m.group_no = w.group_no AND m.account_id = w.account_id;
