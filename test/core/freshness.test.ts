import fc from 'fast-check'
import { expect, it } from 'vitest'
import { batchSize, roundMs } from '../../src/core/freshness.ts'

it('a round takes as long as the endpoint that takes longest', () => {
  const cost = { calls: { getGroupInfo: 600, getRoleInGroup: 4 }, groups: 30_000 }
  expect(roundMs(cost, { getGroupInfo: 50, getRoleInGroup: 100 })).toBe(12_000)
  expect(roundMs(cost, { getGroupInfo: 50, getRoleInGroup: 0.1 })).toBe(40_000)
  expect(roundMs(cost, { getGroupInfo: Number.POSITIVE_INFINITY, getRoleInGroup: Number.POSITIVE_INFINITY })).toBe(0)
})

it('a batch is what is read in about a minute, within bounds', () => {
  expect(batchSize(null, {})).toBe(50)
  expect(batchSize({ calls: { a: 1000 }, groups: 1000 }, { a: 10 })).toBe(600)
  fc.assert(
    fc.property(
      fc.nat(1e6),
      fc.integer({ min: 1, max: 1e6 }),
      fc.double({ min: 0.01, max: 1e4, noNaN: true }),
      (n, groups, rate) => {
        const size = batchSize({ calls: { a: n }, groups }, { a: rate })
        expect(size).toBeGreaterThanOrEqual(50)
        expect(size).toBeLessThanOrEqual(5_000)
        if (size > 50) expect((size * (n / groups)) / rate).toBeLessThanOrEqual(61)
      },
    ),
  )
})
