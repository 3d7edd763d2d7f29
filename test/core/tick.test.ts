import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextTick, nextTicks } from '../../src/core/tick.ts'

const ticks = (pattern: string, zone: string, from: string, count: number) =>
  nextTicks(pattern, zone, Date.parse(from), count).map((at) => new Date(at).toISOString().slice(0, 16))

describe('ticks of a schedule', () => {
  it.each([
    // Clocks go forward: 02:30 does not exist on 29 March 2026, and comes at the change, 01:00 UTC
    ['30 2 * * *', 'Europe/Berlin', '2026-03-27T12:00Z', '03-28T01:30 03-29T01:00 03-30T00:30'],
    ['0 3 * * *', 'Europe/Berlin', '2026-03-27T12:00Z', '03-28T02:00 03-29T01:00 03-30T01:00'],
    ['*/15 2 * * *', 'Europe/Berlin', '2026-03-28T01:40Z', '03-28T01:45 03-29T01:00 03-30T00:00'],
    ['30 2 * * *', 'America/New_York', '2026-03-06T12:00Z', '03-07T07:30 03-08T07:00 03-09T06:30'],
    ['0 0 * * *', 'America/Havana', '2026-03-06T12:00Z', '03-07T05:00 03-08T05:00 03-09T04:00'],
    ['15 2 * * *', 'Australia/Lord_Howe', '2026-10-01T12:00Z', '10-01T15:45 10-02T15:45 10-03T15:30 10-04T15:15'],
    ['0 * * * *', 'Europe/Berlin', '2026-03-28T23:30Z', '03-29T00:00 03-29T01:00 03-29T02:00'],
    // Clocks go back: 02:30 comes twice on 25 October 2026, and counts the first time
    ['30 2 * * *', 'Europe/Berlin', '2026-10-23T12:00Z', '10-24T00:30 10-25T00:30 10-26T01:30'],
    ['30 1 * * *', 'America/New_York', '2026-10-30T12:00Z', '10-31T05:30 11-01T05:30 11-02T06:30'],
    ['0 * * * *', 'Europe/Berlin', '2026-10-24T23:30Z', '10-25T00:00 10-25T01:00 10-25T02:00'],
    ['*/30 * * * *', 'Europe/Berlin', '2026-10-24T23:50Z', '10-25T00:00 10-25T00:30 10-25T01:00 10-25T01:30'],
    ['0 */6 * * *', 'Europe/Berlin', '2026-10-24T20:30Z', '10-24T22:00 10-25T05:00 10-25T11:00 10-25T17:00'],
    // Days
    ['0 0 29 2 *', 'UTC', '2096-03-01T00:00Z', '02-29T00:00'],
    ['0 12 1 * mon', 'UTC', '2026-03-28T00:00Z', '03-30T12:00 04-01T12:00 04-06T12:00'],
    ['0 12 * * 7', 'UTC', '2026-03-28T00:00Z', '03-29T12:00 04-05T12:00'],
    ['@weekly', 'Asia/Shanghai', '2026-03-28T00:00Z', '03-28T16:00 04-04T16:00'],
    ['59 23 31 12 *', 'Pacific/Kiritimati', '2026-06-01T00:00Z', '12-31T09:59'],
  ])('%s %s after %s', (pattern, zone, from, expected) => {
    const wanted = expected.split(' ')
    expect(ticks(pattern, zone, from, wanted.length).map((at) => at.slice(5))).toEqual(wanted)
  })

  it('come once for every day of a year and a zone, in order, whatever the clocks do', () => {
    const zone = fc.constantFrom(
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'America/Havana',
      'Africa/Casablanca',
      'Asia/Shanghai',
    )
    fc.assert(
      fc.property(zone, fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }), (timezone, hour, minute) => {
        const start = Date.UTC(2026, 0, 1)
        const all = nextTicks(`${minute} ${hour} * * *`, timezone, start, 365)
        expect(all).toHaveLength(365)
        const gaps = all.slice(1).map((at, n) => (at - (all[n] ?? 0)) / 3_600_000)
        expect(Math.min(...gaps)).toBeGreaterThanOrEqual(22)
        expect(Math.max(...gaps)).toBeLessThanOrEqual(26)
      }),
      { numRuns: 12 },
    )
  })

  it('asked from any moment, gives the same tick as asked one after the other', () => {
    const all = nextTicks('*/20 1-3 * * *', 'Europe/Berlin', Date.UTC(2026, 9, 24), 30)
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 28 }), fc.integer({ min: 0, max: 999 }), (n, part) => {
        const [one = 0, two = 0] = [all[n], all[n + 1]]
        expect(nextTick('*/20 1-3 * * *', 'Europe/Berlin', one + Math.floor(((two - one) * part) / 1000))).toBe(two)
      }),
    )
  })
})
