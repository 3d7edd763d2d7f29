import type { Millis } from '../../core/member.ts'
import { isStorableId } from '../../core/text.ts'
import type { Raw } from '../raw.ts'

/** The vendor's ids and units in their one normal form (E3, E5). */

/** 2001-09-09, the first time of 13 digits. The documents have one of 12 digits; what it means nobody knows. */
const EARLIEST_MS = 1e12
/** 9999-12-31T23:59:59.999Z. */
const LATEST_MS = 253_402_300_799_999
/** 2100-01-01: who is muted until then is muted for ever. How the vendor writes that is not documented. */
const FOR_EVER_MS = 4_102_444_800_000

/** A number, also one written as text; null for anything else. */
export function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : null
}

/** Milliseconds, also as text; undefined for what is no time of this product's life. */
export function timeOf(value: unknown): Millis | undefined {
  const ms = numberOf(value)
  return ms !== null && Number.isInteger(ms) && ms >= EARLIEST_MS && ms <= LATEST_MS ? ms : undefined
}

/**
 * The end of a mute that the list of mutes shows: `Infinity` for -1, 0, nothing and whatever lies beyond 2100, null where
 * it has passed at `now`; undefined for what is no number.
 */
export function muteOf(expire: unknown, now: Millis): Millis | null | undefined {
  const until = expire === undefined || expire === null ? 0 : numberOf(expire)
  if (until === null) return undefined
  if (until <= 0 || until >= FOR_EVER_MS) return Number.POSITIVE_INFINITY
  return until > now ? Math.floor(until) : null
}

/** An id as text, undefined for none: digits that came as a JSON number count as well. */
function idOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  return typeof value === 'string' && isStorableId(value) ? value : undefined
}

/** The id of a group, under any of the three names the calls give it. */
export function groupIdOf(row: Raw): string | undefined {
  return idOf(row['id']) ?? idOf(row['groupid']) ?? idOf(row['groupId'])
}

/** Accounts as they are kept: the vendor ignores case, and writes some as `org#app_user`. */
export type AccountOf = (value: unknown) => string | undefined

/**
 * @param app the AppKey, `org#app`
 * @example accountOf('acme#im')('Acme#im_User_1') // 'user_1'
 */
export function accountReader(app: string): AccountOf {
  const prefix = `${app}_`.toLowerCase()
  return (value) => {
    const account = idOf(value)?.toLowerCase()
    if (account === undefined || !account.startsWith(prefix)) return account
    return account.length > prefix.length ? account.slice(prefix.length) : undefined
  }
}
