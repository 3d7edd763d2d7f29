-- The fingerprints of one roll, or of those of its rows that are in some buckets.
-- Params: $1 group number, $2 the bits that name the bucket, $3 the buckets, or null for all
SELECT group_no, account_id, (print >> 32)::integer AS hi, (((print & 4294967295) # 2147483648) - 2147483648)::integer AS lo,
  live_print AS live
FROM rollcall.member WHERE group_no = $1 AND ($3::bigint[] IS NULL OR (print & $2::bigint) = ANY ($3::bigint[]));
