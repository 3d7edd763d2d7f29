import { expect, it } from 'vitest'
import { daysOf, parsePeriod, periodBefore } from '../../src/core/period.ts'

const before = (moment: string, written: string): string => {
  const period = parsePeriod(written)
  if (period === null) throw new Error(`${written} is no period`)
  return new Date(periodBefore(Date.parse(moment), period)).toISOString()
}

it.each([
  ['2026-11-26T03:07:12Z', '90d', '2026-08-28T03:00:00.000Z'],
  ['2026-11-26T03:14:59Z', '24mo', '2024-11-26T03:00:00.000Z'],
  ['2024-02-29T12:15:00Z', '1y', '2023-02-28T12:15:00.000Z'],
  ['2026-03-31T00:00:00Z', '1mo', '2026-02-28T00:00:00.000Z'],
  ['2026-01-31T00:00:00Z', '2mo', '2025-11-30T00:00:00.000Z'],
])('%s less %s is %s', (moment, written, expected) => expect(before(moment, written)).toBe(expected))

it.each(['', '90', 'd', '0d', '-3d', '3w', '1.5y', '24 mo', '24MO', '100000d'])('"%s" is no period', (written) =>
  expect(parsePeriod(written)).toBeNull(),
)

it('periods are compared by days', () => {
  expect(['90d', '3mo', '1y'].map((written) => daysOf(parsePeriod(written) ?? { count: 0, unit: 'd' }))).toEqual([
    90, 90, 365,
  ])
})
