const LOCALE = 'en-GB'
/** The reader's own zone: times are shown in it, days begin in it. */
export const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'

/** A minus as wide as a plus. */
const signOf = (text: string): string => text.replace('-', '−')
const whole = new Intl.NumberFormat(LOCALE)
const compact = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumFractionDigits: 1 })
const signed = new Intl.NumberFormat(LOCALE, { signDisplay: 'exceptZero' })
const day = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', year: 'numeric' })
const shortDay = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short' })
const minute = new Intl.DateTimeFormat(LOCALE, {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
})
const second = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'medium' })

export const count = (n: number): string => signOf(whole.format(n))
const fine = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 2 })
export const decimal = (n: number): string => signOf(fine.format(n))
export const brief = (n: number): string => signOf(Math.abs(n) < 10_000 ? whole.format(n) : compact.format(n))
export const change = (n: number): string => (n === 0 ? '±0' : signOf(signed.format(n)))
export const dayText = (at: string | number): string => day.format(new Date(at))
export const shortDayText = (at: string | number): string => shortDay.format(new Date(at))
export const timeText = (at: string | number): string => minute.format(new Date(at))
export const exactText = (at: string | number): string => `${second.format(new Date(at))} (${ZONE})`

const UNITS = [
  ['second', 60_000, 1000],
  ['minute', 3_600_000, 60_000],
  ['hour', 86_400_000, 3_600_000],
  ['day', 45 * 86_400_000, 86_400_000],
  ['month', 365 * 86_400_000, 30.44 * 86_400_000],
  ['year', Number.POSITIVE_INFINITY, 365.25 * 86_400_000],
] as const
const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto' })

/** `3 hours ago`, `in 2 days`. */
export function ago(at: string | number, now = Date.now()): string {
  const ms = new Date(at).getTime() - now
  if (Math.abs(ms) < 10_000) return 'just now'
  const [unit, , size] = UNITS.find(([, below]) => Math.abs(ms) < below) ?? UNITS[3]
  return relative.format(Math.trunc(ms / size), unit)
}

/** `842 ms`, `12 s`, `3 min 5 s`, `2 h 10 min`, `41 days`. */
export function lasting(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${(ms / 1000).toFixed(seconds < 10 ? 1 : 0)} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
  const days = Math.round(seconds / 86_400)
  return days === 1 ? '1 day' : `${whole.format(days)} days`
}

export const plural = (n: number, one: string, many = `${one}s`): string => `${whole.format(n)} ${n === 1 ? one : many}`

/** A name as people gave it, on one line; the id where there is none. */
export const nameOf = (name: string | null, id: string): string => {
  const line = (name ?? '').replaceAll(/\s+/g, ' ').trim()
  return line === '' ? id : line
}
