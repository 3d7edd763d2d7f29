-- The fingerprints of one roll, or of some buckets of it, in the order of its accounts, from one account on.
-- Params: $1 group number, $2 the account after which to go on, $3 how many, $4 the bits that name the bucket, $5 the buckets,
--   or null for all
SELECT m.group_no, m.account_id, (m.print >> 32)::integer AS hi,
  (((m.print & 4294967295) # 2147483648) - 2147483648)::integer AS lo, m.live_print AS live
FROM rollcall.member m
WHERE m.group_no = $1 AND m.account_id > $2 AND ($5::bigint[] IS NULL OR (m.print & $4::bigint) = ANY ($5::bigint[]))
ORDER BY m.account_id LIMIT $3;
