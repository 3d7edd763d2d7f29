import type { MemberPrint } from './fingerprint.ts'

/**
 * A roll in buckets: its rows by the low bits of their fingerprint, of each bucket the number of rows and the exclusive or
 * of their fingerprints. Two rolls differ in those rows alone whose buckets differ, so that of a large roll with few changes
 * few rows have to be compared: who changed is in one bucket by the old fingerprint and in one by the new.
 */
export interface Bucket extends MemberPrint {
  readonly rows: number
}

/** From how many rows on buckets cost less than comparing all rows. */
export const BUCKETS_FROM = 1000
const ROWS_A_BUCKET = 8
const MOST_BUCKETS = 2 ** 20

/** The bits of a fingerprint that name the bucket, for a roll of so many rows. */
export function bucketMask(rows: number): number {
  const wanted = Math.min(MOST_BUCKETS, Math.max(1, rows / ROWS_A_BUCKET))
  return 2 ** Math.floor(Math.log2(wanted)) - 1
}

/** The buckets in which a roll differs from a stored one, given by those of its buckets that are not empty. */
export function differingBuckets(
  mask: number,
  seen: Iterable<MemberPrint>,
  stored: Iterable<Bucket & { readonly at: number }>,
): Set<number> {
  const rows = new Int32Array(mask + 1)
  const bits = [rows, rows, rows].map(() => new Int32Array(mask + 1)) as [Int32Array, Int32Array, Int32Array]
  const add = (at: number, count: number, { hi, lo, live }: MemberPrint) => {
    rows[at] = (rows[at] ?? 0) + count
    bits[0][at] = (bits[0][at] ?? 0) ^ hi
    bits[1][at] = (bits[1][at] ?? 0) ^ lo
    bits[2][at] = (bits[2][at] ?? 0) ^ live
  }
  for (const print of seen) add(print.lo & mask, 1, print)
  for (const bucket of stored) add(bucket.at, -bucket.rows, bucket)
  const found = new Set<number>()
  for (const at of rows.keys()) {
    if (rows[at] !== 0 || bits.some((lane) => lane[at] !== 0)) found.add(at)
  }
  return found
}
