import type { Group } from './group.ts'
import type { Json, Member } from './member.ts'

/**
 * Which fields make history. Everything else a vendor says is kept current and makes none.
 * (Which vendor field lands in `attributes`, which in `live`, each adapter lists in its `fields.ts`.)
 */
export const MEMBER_HISTORY = ['role', 'nameCard', 'mutedUntil', 'attributes'] as const
export const GROUP_HISTORY = ['type', 'name', 'ownerId', 'maxMembers', 'muteAll', 'joinMode', 'attributes'] as const

/** A 64-bit fingerprint as two signed 32-bit halves: numbers stay small and fast, and nothing is allocated. */
export interface Print {
  readonly hi: number
  readonly lo: number
}

/** What is remembered of one member: the history fields (64 bits) and the fields that are only kept current (32 bits). */
export interface MemberPrint extends Print {
  readonly live: number
}

/** Two independent 32-bit multiply-xor lanes over the UTF-16 units of a text, finished as in MurmurHash3. */
function hash(text: string, seed: number): Print {
  let a = 0x9e3779b9 ^ seed
  let b = 0x85ebca6b ^ Math.imul(seed, 0x27d4eb2f)
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    a = Math.imul(a ^ unit, 0x9e3779b1)
    b = Math.imul(b ^ unit, 0x5f356495)
    a ^= a >>> 15
    b ^= b >>> 13
  }
  return { hi: finish(a ^ (b >>> 7)), lo: finish(b ^ Math.imul(a, 0x2545f491)) }
}

function finish(h: number): number {
  let x = h ^ (h >>> 16)
  x = Math.imul(x, 0x85ebca6b)
  x ^= x >>> 13
  x = Math.imul(x, 0xc2b2ae35)
  return (x ^ (x >>> 16)) | 0
}

/** Each field with its length before it, so that ("a", "bc") and ("ab", "c") can never look the same. */
const field = (value: string): string => `${value.length}:${value}`

/** JSON with sorted keys: the same value always gives the same text, however the vendor orders its keys. */
export function canonical(value: Json | undefined): string {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item) || 'null').join(',')}]`
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item) || 'null'}`).join(',')}}`
}

/** @example memberPrint(member) // { hi: -81…, lo: 12…, live: 7… }: equal prints, equal member */
export function memberPrint(member: Member): MemberPrint {
  const history = hash(
    field(member.accountId) +
      field(member.role) +
      (member.nameCard === null ? '-' : field(member.nameCard)) +
      `${member.mutedUntil ?? ''};${member.joinedAt ?? ''};` +
      (member.attributes === null ? '' : canonical(member.attributes)),
    1,
  )
  const live =
    member.lastSpokeAt === null && member.live === null
      ? 0
      : hash(`${member.lastSpokeAt ?? ''};${member.live === null ? '' : canonical(member.live)}`, 2).lo
  return { ...history, live }
}

/** The fingerprint of what makes history about a group; null and absent are the same. */
export function groupPrint(group: Group): Print {
  return hash(GROUP_HISTORY.map((key) => field(canonical(group[key]))).join(''), 3)
}

/** The same 64 bits as PostgreSQL's bigint, in decimal text. */
export function toBigint(print: Print): string {
  return ((BigInt(print.hi) << 32n) | BigInt(print.lo >>> 0)).toString()
}

/** The halves of a bigint as PostgreSQL gives it. */
export function fromBigint(value: bigint | string): Print {
  const bits = BigInt(value)
  return { hi: Number(bits >> 32n), lo: Number(BigInt.asIntN(32, bits)) }
}

/**
 * The fingerprint of a roll: the sum of its members' fingerprints modulo 2^64 (and of the live parts modulo 2^32).
 * A sum does not depend on the order of pages, and a change of the roll changes it by the members concerned alone.
 */
export interface RollPrint extends MemberPrint {
  readonly rows: number
}
export const EMPTY_ROLL: RollPrint = { hi: 0, lo: 0, live: 0, rows: 0 }

export function addTo(roll: RollPrint, member: MemberPrint, sign: 1 | -1 = 1): RollPrint {
  const lo = (roll.lo >>> 0) + sign * (member.lo >>> 0)
  const carry = Math.floor(lo / 2 ** 32)
  return {
    hi: (roll.hi + sign * member.hi + carry) | 0,
    lo: lo | 0,
    live: (roll.live + sign * member.live) | 0,
    rows: roll.rows + sign,
  }
}

export function sameRoll(a: RollPrint, b: RollPrint): boolean {
  return a.rows === b.rows && a.hi === b.hi && a.lo === b.lo && a.live === b.live
}
