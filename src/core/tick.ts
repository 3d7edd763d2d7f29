import { type Cron, readCron } from './cron.ts'
import type { Millis } from './member.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** The 29th of February can be eight years away. */
const MOST_DAYS = 8 * 366 + 1

/**
 * The first tick of a schedule after a moment, or null where there is none within eight years.
 *
 * On the days when clocks change every tick comes exactly once: a wall time that does not exist comes at the moment of
 * the change (several such come together as one), one that comes twice counts the first time. A schedule for every hour
 * keeps to real hours instead.
 */
export function nextTick(pattern: string, timezone: string, after: Millis): Millis | null {
  const cron = readCron(pattern)
  if (typeof cron === 'string') throw new RangeError(`the schedule "${pattern}" ${cron}`)
  const zone = zoneOf(timezone)
  const hourly = cron.hours.length === 24
  const from = after + zone.offset(after) - 3 * HOUR
  let best: Millis | null = null
  let latest = Number.POSITIVE_INFINITY
  for (const wall of wallTimes(cron, from)) {
    if (wall > latest) break
    for (const at of instantsOf(zone, wall, hourly)) {
      if (at <= after || (best !== null && at >= best)) continue
      best = at
      latest = wall + 3 * HOUR // around a change, a later wall time can be an earlier moment
    }
  }
  return best
}

/** The next `count` ticks. */
export function nextTicks(pattern: string, timezone: string, after: Millis, count: number): Millis[] {
  const ticks: Millis[] = []
  for (let at = nextTick(pattern, timezone, after); at !== null; at = nextTick(pattern, timezone, at)) {
    ticks.push(at)
    if (ticks.length === count) break
  }
  return ticks
}

/** The wall times that match from a day on, in order. A wall time is written as if it were UTC. */
function* wallTimes(cron: Cron, from: number): Generator<number> {
  const first = Math.floor(from / DAY) * DAY
  for (let day = 0; day < MOST_DAYS; day++) {
    const midnight = first + day * DAY
    if (!dayMatches(cron, new Date(midnight))) continue
    for (const hour of cron.hours)
      for (const minute of cron.minutes) {
        const wall = midnight + hour * HOUR + minute * 60_000
        if (wall >= from) yield wall
      }
  }
}

function dayMatches({ days, months, weekdays, either }: Cron, date: Date): boolean {
  if (!months.has(date.getUTCMonth() + 1)) return false
  const byDay = days.has(date.getUTCDate())
  const byWeekday = weekdays.has(date.getUTCDay())
  return either ? byDay || byWeekday : byDay && byWeekday
}

interface Zone {
  /** What a wall clock there is ahead of UTC at a moment, in ms. */
  offset(at: Millis): number
}

/** The moments at which a wall clock shows a time: one, none or two; none and two become one unless `hourly`. */
function instantsOf(zone: Zone, wall: number, hourly: boolean): readonly Millis[] {
  const [before, after] = [zone.offset(wall - 18 * HOUR), zone.offset(wall + 18 * HOUR)]
  const moments = [wall - before, wall - after].filter((at) => at + zone.offset(at) === wall)
  const [first] = moments
  if (first === undefined) return hourly ? [] : [changeBetween(zone, wall - 18 * HOUR, wall + 18 * HOUR)]
  return hourly && before !== after ? moments : [Math.min(...moments)]
}

/** The first moment of the new offset. */
function changeBetween(zone: Zone, from: Millis, to: Millis): Millis {
  const old = zone.offset(from)
  let [low, high] = [from, to]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (zone.offset(middle) === old) low = middle
    else high = middle
  }
  return high
}

const zones = new Map<string, Zone>()

function zoneOf(timezone: string): Zone {
  const known = zones.get(timezone)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const zone: Zone = {
    offset(at) {
      const part: Record<string, number> = {}
      for (const { type, value } of format.formatToParts(at)) part[type] = Number(value)
      const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
      return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000
    },
  }
  zones.set(timezone, zone)
  return zone
}
