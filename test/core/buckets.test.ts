import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Bucket, Buckets, bucketMask } from '../../src/core/buckets.ts'
import { diff, rollOf } from '../../src/core/diff.ts'
import { roll } from './arbitrary.ts'

const sorted = (accounts: readonly string[]) => accounts.toSorted()

test('rows of the differing buckets alone give the difference of the whole rolls', () => {
  fc.assert(
    fc.property(
      roll,
      roll,
      fc.array(fc.boolean(), { maxLength: 12 }),
      fc.constantFrom(0, 1, 7, 63),
      (a, b, keep, mask) => {
        const stored = new Map([...rollOf(a)].map(([accountId, { print }]) => [accountId, print]))
        // Some rows are as they were, as most are.
        const seen = rollOf([...b, ...a.filter((_, at) => keep[at] === true)])
        const buckets = new Map<number, Bucket>()
        for (const print of stored.values()) {
          const { rows, hi, lo, live } = buckets.get(print.lo & mask) ?? { rows: 0, hi: 0, lo: 0, live: 0 }
          const next = { rows: rows + 1, hi: hi ^ print.hi, lo: lo ^ print.lo, live: live ^ print.live }
          buckets.set(print.lo & mask, next)
        }
        const both = new Buckets(mask)
        for (const { print } of seen.values()) both.add(print)
        for (const [at, bucket] of buckets) both.take({ at, ...bucket })
        const differing = both.differing()
        const within = diff(
          new Map([...stored].filter(([, { lo }]) => differing.has(lo & mask))),
          new Map([...seen].filter(([, { print }]) => differing.has(print.lo & mask))),
        )
        const whole = diff(stored, seen)
        for (const part of ['joined', 'changed', 'live', 'absent'] as const)
          expect(sorted(within[part])).toEqual(sorted(whole[part]))
        if (Object.values(whole).every((part) => part.length === 0)) expect(differing.size).toBe(0)
      },
    ),
  )
})

test('a bucket holds about eight rows, and there are never more than a million', () => {
  expect([1, 15, 16, 1000, 1_000_000, 100_000_000].map((rows) => bucketMask(rows) + 1)).toEqual([
    1, 1, 2, 64, 65_536, 1_048_576,
  ])
})
