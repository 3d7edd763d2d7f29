import { expect, it } from 'vitest'
import { parseStretch, parseTime } from '../../src/cli/time.ts'
import { UsageError } from '../../src/core/errors.ts'

const now = new Date(2024, 4, 15, 12, 0, 0).getTime()

it.each([
  ['2024-05-01T10:00:00Z', Date.UTC(2024, 4, 1, 10)],
  ['2024-05-01T10:00:00.250+08:00', Date.UTC(2024, 4, 1, 2, 0, 0, 250)],
  ['2024-05-01 10:00 -0330', Date.UTC(2024, 4, 1, 13, 30)],
  ['2024-05-01', new Date(2024, 4, 1).getTime()],
  ['2024-05-01T10:30', new Date(2024, 4, 1, 10, 30).getTime()],
  ['2024-02-29', new Date(2024, 1, 29).getTime()],
  ['1714557600', 1_714_557_600_000],
  ['1714557600123', 1_714_557_600_123],
  ['now', now],
  ['today', new Date(2024, 4, 15).getTime()],
  ['yesterday', new Date(2024, 4, 14).getTime()],
  ['90s', now - 90_000],
  ['2h', now - 7_200_000],
  ['1.5h', now - 5_400_000],
  ['3d', now - 3 * 86_400_000],
  ['1w', now - 7 * 86_400_000],
])('reads %s', (text, expected) => expect(parseTime(text, '--at', now)).toBe(expected))

it.each([
  ['tomorrow-ish', '--at: "tomorrow-ish" is no time'],
  ['', 'is no time'],
  ['2024-02-30', 'does not exist in the calendar'],
  ['2024-05-01T25:00Z', 'does not exist'],
  ['2024-05-01T10:61', 'does not exist'],
  ['2024-05-01T10:00+19:00', 'does not exist'],
  ['3mo', 'write days'],
  ['3hours', 'one letter'],
  ['5/1/2024', 'year-month-day'],
  ['2024-5-1', 'two digits'],
  ['12', 'seconds (10 digits)'],
  ['-3d', 'is no time'],
])('refuses %j', (text, why) => {
  expect(() => parseTime(text, '--at', now)).toThrow(UsageError)
  expect(() => parseTime(text, '--at', now)).toThrow(why)
})

it('a stretch runs forward', () => {
  expect(parseStretch('2d', '1d', now)).toEqual({ since: now - 2 * 86_400_000, until: now - 86_400_000 })
  expect(parseStretch(undefined, undefined, now)).toEqual({ since: null, until: null })
  expect(() => parseStretch('1d', '2d', now)).toThrow('must be before --until')
})
