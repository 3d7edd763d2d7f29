import type { JoinMode } from '../../core/group.ts'
import type { Millis, Role } from '../../core/member.ts'

/** The vendor's words and units in their one normal form (T3.3, T3.4, T5). */

const TYPES: Readonly<Record<string, string>> = { Work: 'Private', Meeting: 'ChatRoom' }
const ROLE_WORDS: ReadonlyMap<string, Role> = new Map([
  ['Owner', 'owner'],
  ['Admin', 'admin'],
  ['Member', 'member'],
])
const JOIN_WORDS: ReadonlyMap<unknown, JoinMode> = new Map([
  ['FreeAccess', 'free'],
  ['NeedPermission', 'approval'],
  ['DisableApply', 'closed'],
])

/** 4294967295, the greatest uint32: muted for ever. */
const FOR_EVER_S = 0xffff_ffff
/** 9999-12-31T23:59:59Z. A later time is milliseconds taken for seconds, or rubbish. */
const LATEST_S = 253_402_300_799

/** `Work` and `Meeting` are the console's words for what the API calls `Private` and `ChatRoom`. */
export function normalType(type: string): string {
  const word = type.trim()
  return TYPES[word] ?? word
}

/** Undefined for a word that is no role. A document shows `"Member "`, so words are trimmed. */
export function roleOf(word: unknown): Role | undefined {
  return typeof word === 'string' ? (ROLE_WORDS.get(word) ?? ROLE_WORDS.get(word.trim())) : undefined
}

export function joinModeOf(word: unknown): JoinMode | null {
  return JOIN_WORDS.get(word) ?? null
}

/** Seconds → ms; 0 and absent → null (the vendor's "never"); undefined for what is no time of this calendar. */
export function timeOf(seconds: unknown): Millis | null | undefined {
  if (seconds === 0 || seconds === undefined || seconds === null) return null
  if (typeof seconds !== 'number' || !Number.isSafeInteger(seconds) || seconds < 0 || seconds > LATEST_S)
    return undefined
  return seconds * 1000
}

/** The end of a mute: `Infinity` for ever, null for not muted and for a time that has passed at `now`. */
export function muteOf(seconds: unknown, now: Millis): Millis | null | undefined {
  if (seconds === FOR_EVER_S) return Number.POSITIVE_INFINITY
  const until = timeOf(seconds)
  return typeof until === 'number' && until <= now ? null : until
}
