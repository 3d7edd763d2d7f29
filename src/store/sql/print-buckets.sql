-- The fingerprints of one roll, summed by bucket.
-- Params: $1 group number, $2 the bits that name the bucket
SELECT at::integer, rows::integer, (bits >> 32)::integer AS hi, (((bits & 4294967295) # 2147483648) - 2147483648)::integer AS lo,
  live
FROM (
  SELECT print & $2::bigint AS at, count(*) AS rows, bit_xor(print) AS bits, bit_xor(live_print) AS live
  FROM rollcall.member WHERE group_no = $1 GROUP BY 1
) AS b;
