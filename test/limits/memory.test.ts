import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMemoryLimiter } from '../../src/limits/memory.ts'

const key = (perSecond: number, endpoint = 'getGroupInfo') => ({ source: 'acme', endpoint, perSecond })

function setUp() {
  const clock = { at: 5000, now: () => clock.at }
  return { clock, limiter: createMemoryLimiter(clock) }
}

/** The most sends in any half-open second. */
function peak(sends: readonly number[]): number {
  const sorted = [...sends].sort((a, b) => a - b)
  return Math.max(0, ...sorted.map((from) => sorted.filter((at) => at >= from && at < from + 1000).length))
}

describe('the memory limiter', () => {
  it('never lets more than the rate into a sliding second, urgent asks and slow-downs included', async () => {
    const step = fc.record({
      after: fc.oneof(
        { weight: 4, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.integer({ max: 3000, min: 1 }) },
      ),
      what: fc.constantFrom('ask', 'ask', 'ask', 'ask', 'urgent', 'slowDown', 'pause'),
    })
    const rate = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0.2, max: 30, noNaN: true }))
    await fc.assert(
      fc.asyncProperty(rate, fc.array(step, { maxLength: 150 }), async (perSecond, steps) => {
        const { clock, limiter } = setUp()
        const sends: number[] = []
        for (const { after, what } of steps) {
          clock.at += after
          if (what === 'slowDown') await limiter.slowDown(key(perSecond), 100)
          else if (what === 'pause') await limiter.pause('acme', 200)
          else sends.push(clock.at + Math.ceil(await limiter.reserve(key(perSecond), { urgent: what === 'urgent' })))
        }
        expect(peak(sends)).toBeLessThanOrEqual(Math.ceil(perSecond))
      }),
      { numRuns: 300 },
    )
  })

  it('reaches 97 % of the rate, and lets the first through at once', async () => {
    const { limiter } = setUp()
    const waits = await Promise.all(Array.from({ length: 101 }, () => limiter.reserve(key(100))))
    expect(waits[0]).toBe(0)
    expect(waits[100]).toBeCloseTo(100 / 0.097, 6)
  })

  it('keeps half a call a second two seconds apart', async () => {
    const { limiter } = setUp()
    await limiter.reserve(key(0.5))
    expect(await limiter.reserve(key(0.5))).toBeGreaterThan(2000)
  })

  it('does not wait without a limit, and keeps endpoints and sources apart', async () => {
    const { limiter } = setUp()
    await limiter.reserve(key(1))
    expect(await limiter.reserve(key(Number.POSITIVE_INFINITY, 'other'))).toBe(0)
    expect(await limiter.reserve(key(1, 'other'))).toBe(0)
    expect(await limiter.reserve({ ...key(1), source: 'other' })).toBe(0)
  })

  it('closes an endpoint for the time the vendor wants, halves its rate once, and recovers', async () => {
    const { clock, limiter } = setUp()
    await limiter.slowDown(key(10), 3000)
    await limiter.slowDown(key(10), 2000) // a call that was under way with the first: no second halving
    expect(await limiter.reserve(key(10))).toBe(3000)
    const halved = (await limiter.reserve(key(10))) - 3000
    expect(halved).toBeCloseTo(1000 / (10 * 0.97 * 0.5), 6)
    expect(await limiter.reserve(key(10, 'other'))).toBe(0)

    clock.at += 50_000
    await limiter.reserve(key(10))
    expect(await limiter.reserve(key(10))).toBeCloseTo(1000 / (10 * 0.97 * 0.75), 6)
    clock.at += 200_000
    await limiter.reserve(key(10))
    expect(await limiter.reserve(key(10))).toBeCloseTo(1000 / 9.7, 6)
  })

  it('closes every endpoint of a source, and of no other', async () => {
    const { clock, limiter } = setUp()
    await limiter.pause('acme', 60_000)
    await limiter.pause('acme', 1000) // a shorter one does not open the door earlier
    expect(await limiter.reserve(key(5, 'a'))).toBe(60_000)
    expect(await limiter.reserve(key(5, 'b'))).toBe(60_000)
    expect(await limiter.reserve({ ...key(5), source: 'other' })).toBe(0)
    clock.at += 61_000
    expect(await limiter.reserve(key(5, 'c'))).toBe(0)
  })
})
