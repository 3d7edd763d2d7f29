import type { Group } from './group.ts'
import { canonical, canonicalObject, onlyKey, startOf } from './canonical.ts'
import type { JsonObject, Member } from './member.ts'

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

/** What is remembered of one member (or group): the history fields (64 bits) and the fields that are only kept current (32 bits). */
export interface MemberPrint extends Print {
  readonly live: number
}

/** The state of a fingerprint in the making: two independent 32-bit multiply-xor lanes over UTF-16 units. */
let laneA = 0
let laneB = 0

function begin(seed: number): void {
  laneA = 0x9e3779b9 ^ seed
  laneB = 0x85ebca6b ^ Math.imul(seed, 0x27d4eb2f)
}

function feed(text: string): void {
  let a = laneA
  let b = laneB
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    a = Math.imul(a ^ unit, 0x9e3779b1)
    b = Math.imul(b ^ unit, 0x5f356495)
    a ^= a >>> 15
    b ^= b >>> 13
  }
  laneA = a
  laneB = b
}

/** A field with its length before it, so that ("a", "bc") and ("ab", "c") can never look the same. */
function feedField(value: string): void {
  feed(LENGTHS[value.length] ?? `${value.length}:`)
  feed(value)
}
const LENGTHS = Array.from({ length: 256 }, (_, length) => `${length}:`)

/** As `feed` of the number's text; of the usual ones no text is made. */
function feedNumber(value: number): void {
  if (value < 0 || !Number.isSafeInteger(value)) return feed(`${value}`)
  if (value < 1e8) return feedDigits(value)
  const head = Math.floor(value / 1e8)
  const tail = value - head * 1e8
  const middle = (tail / 1e4) | 0
  feedDigits(head)
  feed(FOUR_DIGITS[middle] ?? '')
  feed(FOUR_DIGITS[tail - middle * 1e4] ?? '')
}

/** Of a number below 10^8. */
function feedDigits(value: number): void {
  if (value < 1e4) return feed(DIGITS[value] ?? '')
  const head = (value / 1e4) | 0
  feed(DIGITS[head] ?? '')
  feed(FOUR_DIGITS[value - head * 1e4] ?? '')
}
const DIGITS = Array.from({ length: 1e4 }, (_, number) => `${number}`)
const FOUR_DIGITS = DIGITS.map((digits) => digits.padStart(4, '0'))

/** A time, or nothing, and the end of it. */
function feedTime(value: number | null | undefined): void {
  if (value !== null && value !== undefined) feedNumber(value)
  feed(';')
}

/** As `feed` of the object's canonical text; of a counter alone, which is what most live fields are, no text is made. */
function feedObject(object: JsonObject): void {
  const key = Object.isFrozen(object) ? undefined : onlyKey(object)
  const value = key === undefined ? undefined : object[key]
  if (key === undefined || typeof value !== 'number' || !Number.isFinite(value)) return feed(canonicalObject(object))
  feed(startOf(key))
  feedNumber(value)
  feed('}')
}

/** Finished as in MurmurHash3. */
const endHi = (): number => finish(laneA ^ (laneB >>> 7))
const endLo = (): number => finish(laneB ^ Math.imul(laneA, 0x2545f491))

function finish(h: number): number {
  let x = h ^ (h >>> 16)
  x = Math.imul(x, 0x85ebca6b)
  x ^= x >>> 13
  x = Math.imul(x, 0xc2b2ae35)
  return (x ^ (x >>> 16)) | 0
}

/** @example memberPrint(member) // { hi: -81…, lo: 12…, live: 7… }: equal prints, equal member */
export function memberPrint(member: Member): MemberPrint {
  const { nameCard, mutedUntil, joinedAt, attributes, lastSpokeAt, live } = member
  begin(1)
  feedField(member.accountId)
  feedField(member.role)
  if (nameCard === null) feed('-')
  else feedField(nameCard)
  feedTime(mutedUntil)
  feedTime(joinedAt)
  if (attributes !== null) feedObject(attributes)
  const hi = endHi()
  const lo = endLo()
  if (lastSpokeAt === null && live === null) return { hi, lo, live: 0 }
  begin(2)
  feedTime(lastSpokeAt)
  if (live !== null) feedObject(live)
  return { hi, lo, live: endLo() }
}

/** The fingerprint of an account's id alone. */
export function accountPrint(accountId: string): Print {
  begin(4)
  feed(accountId)
  return { hi: endHi(), lo: endLo() }
}

/** The fingerprint of what makes history about a group, and of the rest; null and absent are the same. */
export function groupPrint(group: Group): MemberPrint {
  const known = groupPrints.get(group)
  if (known !== undefined) return known
  const print = printOf(group)
  groupPrints.set(group, print)
  return print
}
/** Of one read it is asked for at every step from the comparison to the row. */
const groupPrints = new WeakMap<Group, MemberPrint>()

function printOf(group: Group): MemberPrint {
  begin(3)
  for (const key of GROUP_HISTORY) feedField(canonical(group[key]))
  const hi = endHi()
  const lo = endLo()
  begin(5)
  feed(`${group.memberCount ?? ''};${group.createdAt ?? ''};`)
  if (group.live !== null) feed(canonical(group.live))
  return { hi, lo, live: endLo() }
}

/** One fingerprint of all that the details of a group say. */
export function detailsPrint(group: Group): Print {
  const { hi, lo, live } = groupPrint(group)
  return { hi: hi ^ Math.imul(live, 0x85ebca6b), lo: lo ^ Math.imul(live, 0x9e3779b1) }
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

/** The fingerprint of a roll of these members. */
export function sumOf(prints: Iterable<MemberPrint>): RollPrint {
  let { hi, lo, live, rows } = EMPTY_ROLL
  for (const print of prints) {
    const sum = (lo >>> 0) + (print.lo >>> 0)
    hi = (hi + print.hi + (sum > 0xffff_ffff ? 1 : 0)) | 0
    lo = sum | 0
    live = (live + print.live) | 0
    rows++
  }
  return { hi, lo, live, rows }
}

export function sameRoll(a: RollPrint, b: RollPrint): boolean {
  return a.rows === b.rows && a.hi === b.hi && a.lo === b.lo && a.live === b.live
}
