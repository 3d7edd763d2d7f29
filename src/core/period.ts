import type { Millis } from './member.ts'

/** A stretch of the calendar: 90 days, 24 months, 2 years. */
export interface Period {
  readonly count: number
  readonly unit: 'd' | 'mo' | 'y'
}

const DAY: Millis = 86_400_000
const QUARTER: Millis = 900_000

/** `90d`, `24mo` or `2y`; null for anything else. */
export function parsePeriod(written: string): Period | null {
  const [, count, unit] = /^([1-9]\d{0,4})(d|mo|y)$/.exec(written) ?? []
  if (unit !== 'd' && unit !== 'mo' && unit !== 'y') return null
  return { count: Number(count), unit }
}

/** How many days it has about; to compare periods of different units. */
export const daysOf = ({ count, unit }: Period): number => count * { d: 1, mo: 30, y: 365 }[unit]

/**
 * The moment that lies a period before another, by the calendar of UTC: a month before 31 March is the last of February. It is
 * the beginning of a quarter of an hour, as those of the facts are.
 */
export function periodBefore(now: Millis, { count, unit }: Period): Millis {
  return (
    Math.floor((unit === 'd' ? now - count * DAY : monthsBefore(now, unit === 'y' ? 12 * count : count)) / QUARTER) *
    QUARTER
  )
}

function monthsBefore(now: Millis, months: number): Millis {
  const then = new Date(now)
  const day = then.getUTCDate()
  then.setUTCDate(1)
  then.setUTCMonth(then.getUTCMonth() - months)
  const last = new Date(Date.UTC(then.getUTCFullYear(), then.getUTCMonth() + 1, 0)).getUTCDate()
  return then.setUTCDate(Math.min(day, last))
}
