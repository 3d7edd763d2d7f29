import { describe, expect, it } from 'vitest'
import { bar, curve, fit, sparkline } from '../../src/cli/chart.ts'
import { clean, count, counted, displayWidth, duration, localTime, relative, table } from '../../src/cli/format.ts'

it('writes numbers and counts', () => {
  expect([count(12_345), counted(1, 'group'), counted(0, 'group'), counted(2, 'person', 'people')]).toEqual([
    '12,345',
    '1 group',
    '0 groups',
    '2 people',
  ])
})

it.each([
  [-5, '0.0 s'],
  [440, '0.4 s'],
  [12_400, '12 s'],
  [59_999, '1 min'],
  [200_000, '3 min 20 s'],
  [7_500_000, '2 h 5 min'],
  [86_399_000, '1 d'],
  [273_600_000, '3 d 4 h'],
])('writes %d ms as %s', (ms, text) => expect(duration(ms)).toBe(text))

it.each([
  [0, 'just now'],
  [-45_000, '45 s ago'],
  [-185_000, '3 min ago'],
  [-47 * 3_600_000, '47 h ago'],
  [-50 * 3_600_000, '2 d ago'],
  [7_300_000, 'in 2 h'],
])('writes a distance of %d ms as %s', (distance, text) => expect(relative(1e12 + distance, 1e12)).toBe(text))

it('writes local time', () => {
  expect(localTime(new Date(2024, 4, 1, 9, 5, 3).getTime())).toBe('2024-05-01 09:05:03')
  expect(localTime(Number.POSITIVE_INFINITY)).toBe('for ever')
})

it("takes the teeth out of a vendor's text", () => {
  expect(clean('a\u001b[31mred\nb\u202ec')).toBe('a\ufffd[31mred\ufffdb\ufffdc')
  expect(clean('小明 👍 "ok"')).toBe('小明 👍 "ok"')
})

it('draws a table that a wide alphabet does not bend', () => {
  expect(
    table(
      [{ head: 'name' }, { head: 'members', align: 'right' }],
      [
        ['小明群', '12'],
        ['abc', '1,234'],
      ],
    ),
  ).toBe(['name    members', '──────  ───────', '小明群       12', 'abc       1,234'].join('\n'))
  expect(displayWidth('小明群')).toBe(6)
})

describe('charts', () => {
  it('sparkline runs from the lowest to the highest', () => {
    expect(sparkline([0, 7, 3])).toBe('▁█▄')
    expect(sparkline([5, 5])).toBe('▄▄')
    expect(sparkline([])).toBe('')
  })
  it('a bar never draws something as nothing', () => {
    expect([bar(5, 10, 4), bar(1, 100_000, 4), bar(0, 10, 4), bar(0, 0, 4)]).toEqual(['██', '▏', '', ''])
  })
  it('a curve is as wide as it is told and survives any values', () => {
    for (const values of [[1], [3, 3, 3], [0, 100_000], Array.from({ length: 300 }, (_, index) => index ** 2)]) {
      const rows = curve(values, 60).split('\n')
      for (const row of rows) expect(displayWidth(row)).toBeLessThanOrEqual(60)
      expect(rows.length).toBeLessThanOrEqual(10)
    }
  })
  it('cuts with an ellipsis', () => {
    expect(fit('小明的群组', 6)).toBe('小明… ')
    expect(fit('ab', 4)).toBe('ab  ')
  })
})
