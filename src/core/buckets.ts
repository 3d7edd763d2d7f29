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

/** What two rolls have in each bucket, the one taken from the other. */
export class Buckets {
  readonly #mask: number
  readonly #rows: Int32Array
  readonly #bits: readonly [hi: Int32Array, lo: Int32Array, live: Int32Array]

  constructor(mask: number) {
    this.#mask = mask
    this.#rows = new Int32Array(mask + 1)
    this.#bits = [new Int32Array(mask + 1), new Int32Array(mask + 1), new Int32Array(mask + 1)]
  }

  /** A row of the one. */
  add(print: MemberPrint): void {
    this.#change(print.lo & this.#mask, 1, print)
  }

  /** A bucket of the other. */
  take(bucket: Bucket & { readonly at: number }): void {
    this.#change(bucket.at, -bucket.rows, bucket)
  }

  /** Those in which the two differ. */
  differing(): Set<number> {
    const found = new Set<number>()
    for (const at of this.#rows.keys()) {
      if (this.#rows[at] !== 0 || this.#bits.some((lane) => lane[at] !== 0)) found.add(at)
    }
    return found
  }

  #change(at: number, count: number, print: MemberPrint): void {
    const [hi, lo, live] = this.#bits
    this.#rows[at] = (this.#rows[at] ?? 0) + count
    hi[at] = (hi[at] ?? 0) ^ print.hi
    lo[at] = (lo[at] ?? 0) ^ print.lo
    live[at] = (live[at] ?? 0) ^ print.live
  }
}
