import type { JoinMode } from '../../core/group.ts'
import type { Millis, Role } from '../../core/member.ts'

/** The vendor's numbers in their one normal form (Y3.3, Y3.4, Y5). Any of them may come as text. */

const ROLES: ReadonlyMap<number | null, Role> = new Map([
  [0, 'member'],
  [1, 'owner'],
  [2, 'admin'],
])
const JOIN_MODES: ReadonlyMap<number | null, JoinMode> = new Map([
  [0, 'free'],
  [1, 'approval'],
  [2, 'closed'],
])
/** 0 off, 1 ordinary members, 3 everyone. */
const MUTES: ReadonlyMap<number | null, boolean> = new Map([
  [0, false],
  [1, true],
  [3, true],
])

/** 9999-12-31T23:59:59.999Z */
const LATEST = 253_402_300_799_999

/** A whole number from 0, or its digits; null for anything else. */
export function wholeOf(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null
}

/** Undefined for what is no role. Not ordered by power: 1 is the owner, 2 a manager. */
export function roleOf(value: unknown): Role | undefined {
  return ROLES.get(wholeOf(value))
}

export function joinModeOf(value: unknown): JoinMode | null {
  return JOIN_MODES.get(wholeOf(value)) ?? null
}

export function muteAllOf(value: unknown): boolean | null {
  return MUTES.get(wholeOf(value)) ?? null
}

/** Milliseconds; 0 and absent → null; undefined for what is no time of this calendar. */
export function timeOf(value: unknown): Millis | null | undefined {
  if (value === undefined || value === null || value === '') return null
  const time = wholeOf(value)
  if (time === null || time > LATEST) return undefined
  return time === 0 ? null : time
}

/** Yes or no, as a boolean or as 0 and 1; undefined for anything else. Absent is no. */
export function yesNo(value: unknown): boolean | undefined {
  if (value === undefined || value === null) return false
  if (typeof value === 'boolean') return value
  return value === 1 ? true : value === 0 ? false : undefined
}
