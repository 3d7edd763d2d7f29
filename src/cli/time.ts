import { UsageError } from '../core/errors.ts'
import type { Millis } from '../core/member.ts'

export const TIME_HELP = `TIME is 2024-05-01, 2024-05-01T10:00 (this machine's time zone), 2024-05-01T10:00Z, 2024-05-01T10:00+08:00,
seconds or milliseconds since 1970, or an age such as 90s, 15m, 2h, 3d, 1w; also now, today, yesterday.`

const UNITS: Readonly<Record<string, Millis>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }
/** The beginning of the year 1: PostgreSQL and JavaScript write what lies before in different ways. */
const EARLIEST = Date.parse('0001-01-01T00:00:00Z')
const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/i

/**
 * A moment as a person writes it. Without a zone it is this machine's local time; a bare date is that day's beginning.
 * `flag` names the option in the message. Throws UsageError.
 */
export function parseTime(written: string, flag: string, now: Millis): Millis {
  const text = written.trim()
  const word = dayWord(text.toLowerCase(), now)
  if (word !== null) return word
  const age = /^(\d+(?:\.\d+)?)\s*([smhdw])$/i.exec(text)
  if (age !== null) {
    const then = now - Number(age[1]) * (UNITS[(age[2] ?? '').toLowerCase()] ?? 0)
    if (then >= EARLIEST) return then
    throw new UsageError(`${flag}: "${written}" lies before the year 1, which no calendar here has.`)
  }
  // Ten digits or fewer are seconds (up to the year 2286), more are milliseconds.
  if (/^\d{9,10}$/.test(text)) return Number(text) * 1000
  if (/^\d{12,13}$/.test(text)) return Number(text)
  const parts = ISO.exec(text)
  if (parts === null) throw new UsageError(`${flag}: "${written}" is no time.${closest(text)}\n${TIME_HELP}`)
  const moment = fromParts(parts)
  if (moment === null) {
    throw new UsageError(
      `${flag}: "${written}" does not exist in the calendar or on the clock of this time zone.\n${TIME_HELP}`,
    )
  }
  return moment
}

/** Both ends of a stretch of time, in order. */
export function parseStretch(
  since: string | undefined,
  until: string | undefined,
  now: Millis,
): { since: Millis | null; until: Millis | null } {
  const from = since === undefined ? null : parseTime(since, '--since', now)
  const to = until === undefined ? null : parseTime(until, '--until', now)
  if (from !== null && to !== null && from >= to) {
    throw new UsageError(`--since (${since ?? ''}) must be before --until (${until ?? ''}): exchange them?`)
  }
  return { since: from, until: to }
}

function dayWord(word: string, now: Millis): Millis | null {
  if (word === 'now') return now
  if (word !== 'today' && word !== 'yesterday') return null
  const date = new Date(now)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() - (word === 'today' ? 0 : 1)).getTime()
}

/** Null where the parts are no real moment: 30 February, 25:00, an hour that the clock skips. */
function fromParts(parts: RegExpExecArray): Millis | null {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map((part) => Number(part ?? 0))
  const ms = Math.floor(Number(`0.${parts[7] ?? '0'}`) * 1000)
  const zone = parts[8]
  const utc = new Date(Date.UTC(year, month - 1, day, hour, minute, second, ms))
  const whole = utc.getUTCMonth() === month - 1 && utc.getUTCDate() === day && utc.getUTCHours() === hour
  if (!whole || utc.getUTCMinutes() !== minute || second > 59) return null
  if (zone === undefined) {
    const local = new Date(year, month - 1, day, hour, minute, second, ms)
    return local.getHours() === hour && local.getMinutes() === minute ? local.getTime() : null
  }
  if (zone.toUpperCase() === 'Z') return utc.getTime()
  const [, sign = '+', hours = '0', minutes = '0'] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone) ?? []
  if (Number(hours) > 14 || Number(minutes) > 59) return null
  return utc.getTime() - Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) * 60_000
}

function closest(text: string): string {
  if (/^\d+\s*mo(nths?)?$/i.test(text)) return ' Months differ in length: write days, such as 90d.'
  if (/^\d{1,2}[/.]\d{1,2}[/.]\d{4}$|^\d{4}[/.]\d{1,2}[/.]\d{1,2}$/.test(text))
    return ' Write the date as year-month-day.'
  if (/^\d+\s*(sec|min|hour|day|week)/i.test(text)) return ' Write one letter for the unit: 90s, 15m, 2h, 3d, 1w.'
  if (/^\d+$/.test(text)) return ' A number must be seconds (10 digits) or milliseconds (13 digits) since 1970.'
  if (/^\d{4}-\d{1,2}-\d{1,2}/.test(text)) return ' Write two digits for month, day, hour and minute.'
  return ''
}
