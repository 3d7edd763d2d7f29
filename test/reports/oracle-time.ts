import type { Replayed, Stay } from './story.ts'

export type Step = 'day' | 'week' | 'month'
const DAY = 86_400

/** The day of a second in a zone, by the runtime's own tables. */
export function dayOf(zone: string, t: number): string {
  let format = formats.get(zone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
    formats.set(zone, format)
  }
  return format.format(new Date(t * 1000))
}
const formats = new Map<string, Intl.DateTimeFormat>()

/** The first day of the day, week (Monday) or month of a day. */
export function bucketOf(step: Step, day: string): string {
  if (step === 'month') return `${day.slice(0, 7)}-01`
  const time = Date.parse(`${day}T00:00:00Z`) / 1000
  return step === 'day' ? day : isoDay(time - ((new Date(time * 1000).getUTCDay() + 6) % 7) * DAY)
}
export const isoDay = (t: number): string => new Date(t * 1000).toISOString().slice(0, 10)

/** The buckets that touch [since, until). */
export function bucketsBetween(step: Step, since: string, until: string): string[] {
  const days: string[] = []
  for (let t = Date.parse(`${since}T00:00:00Z`) / 1000; isoDay(t) < until; t += DAY)
    days.push(bucketOf(step, isoDay(t)))
  return [...new Set(days)]
}

/** When a day begins in a zone: by trying, since no table of rules is at hand that the database does not use as well. */
export function startOfDay(zone: string, day: string): number {
  let low = Date.parse(`${day}T00:00:00Z`) / 1000 - 2 * DAY
  let high = low + 4 * DAY
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (dayOf(zone, middle) < day) low = middle
    else high = middle
  }
  return high
}

export interface Moved {
  joins: number
  backlog: number
  leaves: number
}
/** Joins and leaves by bucket, and the members at its end. */
export function growth(world: Replayed, group: string | null, zone: string, step: Step, since: string, until: string) {
  const bucket = (t: number): string => (Number.isFinite(t) ? bucketOf(step, dayOf(zone, t)) : 'never')
  const stays = world.stays
    .filter((stay) => group === null || stay.group === group)
    .map(({ backlog, start, end }) => ({ backlog, from: bucket(start), to: bucket(end) }))
  return bucketsBetween(step, since, until).map((name) => {
    const joined = stays.filter(({ from }) => from === name)
    const leaves = stays.filter(({ to }) => to === name).length
    const backlog = joined.filter((stay) => stay.backlog).length
    const members = stays.filter(({ from, to }) => from <= name && to > name).length // 'never' comes after all days
    const joins = joined.length - backlog
    return { bucket: name, joins, backlog, leaves, net: joins + backlog - leaves, members }
  })
}

export const present = (world: Replayed, t: number, group?: string): Stay[] =>
  world.stays.filter((stay) => stay.start <= t && t < stay.end && (group === undefined || stay.group === group))

export const roleAt = (stay: Stay, t: number): string => stay.roles.findLast(({ at }) => at <= t)?.role ?? '?'
export const lastRole = (stay: Stay): string => stay.roles.at(-1)?.role ?? '?'

export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2
}
export const band = (n: number): string =>
  n <= 0 ? '0' : n === 1 ? '1' : n < 10 ? '2-9' : n < 100 ? '10-99' : n < 1000 ? '100-999' : '1000+'
export const rounded = (value: number | null, places: number): number | null =>
  value === null || !Number.isFinite(value) ? null : Number(value.toFixed(places))
/** Counts by key, keys in order. */
export function tally<T>(rows: readonly T[], key: (row: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>()
  for (const row of rows) found.set(key(row), [...(found.get(key(row)) ?? []), row])
  return new Map([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
