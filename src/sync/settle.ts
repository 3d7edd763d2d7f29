import type { Pool } from 'pg'
import { Buckets, BUCKETS_FROM, bucketMask } from '../core/buckets.ts'
import type { Clock } from '../core/clock.ts'
import { type Diff, diff, type Roll } from '../core/diff.ts'
import type { Approval, Guard } from '../core/guard.ts'
import { type MemberPrint, sameRoll } from '../core/fingerprint.ts'
import type { Member } from '../core/member.ts'
import { mayOverlap, planGone, planRoll } from '../core/plan.ts'
import { type ReadReceipt, type RollWrite, type StoredMember } from '../core/roll-write.ts'
import {
  type KnownGroup,
  lastEnds,
  printsInBuckets,
  storedBuckets,
  storedMembers,
  storedPrints,
} from '../store/known.ts'
import { Seen } from '../core/seen.ts'
import type { Vendor } from '../vendors/types.ts'
import { confirm, CONFIRMED_NOBODY, unlisted } from './confirm.ts'
import type { Reading } from './reading.ts'

export interface SettleDeps {
  readonly vendor: Vendor
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly leaveGuard?: Guard | undefined
  /** What a person has approved, by group. */
  readonly approved?: Approvals | undefined
}
export type Approvals = ReadonlyMap<string, Approval>

/** A reading with its rows fingerprinted and what is stored of its group. */
interface Case {
  readonly reading: Reading
  readonly known: KnownGroup | null
  readonly seen: Seen
}

const NO_ROWS: Roll = new Map()
const NOBODY: ReadonlyMap<string, MemberPrint> = new Map()
const NO_ENDS: ReadonlyMap<string, number> = new Map()

/**
 * Compares readings with what is stored and decides their effect. Groups whose fingerprint is as stored cost nothing
 * more; of the others the stored fingerprints are read, of changed and absent members the rows. Whoever is absent from
 * a complete read is a suspect, and leaves only when the vendor's direct word or a second complete walk says so.
 */
export async function settle(
  deps: SettleDeps & { readonly pool: Pool },
  readings: readonly Reading[],
  known: ReadonlyMap<string, KnownGroup>,
): Promise<RollWrite[]> {
  const cases = await Promise.all(
    readings.map(async (reading): Promise<Case> => {
      const before = known.get(reading.groupId) ?? null
      const timed = reading.seen !== undefined && !reading.seen.lacksTimes
      const seen = timed ? reading.seen : new Seen(await withKnownTimes(deps.pool, before, [...reading.members]))
      return { reading, known: before, seen }
    }),
  )
  const gone = cases.filter(({ reading, known }) => reading.outcome === 'gone' && known !== null)
  const differing = cases.filter((one) => one.reading.outcome !== 'gone' && one.known !== null && !sameAsStored(one))
  const compared = await compareAll(deps.pool, differing)
  const rows = await storedMembers(deps.pool, [
    ...numbers(gone).map((groupNo) => ({ groupNo, accountId: null })),
    ...differing.flatMap((one) => rowsWanted(one.known?.groupNo ?? 0, compared.get(one))),
  ])
  const ends = await lastEnds(deps.pool, [...compared].flatMap(returning))
  // What is compared together ends together: such receipts share a row.
  const endedAt = deps.clock.now()
  return Promise.all(
    cases.map(async (one): Promise<RollWrite> => {
      const groupNo = one.known?.groupNo ?? -1
      const of = rows.get(groupNo) ?? new Map<string, StoredMember>()
      if (one.reading.outcome === 'gone') return planGone(receiptOf(one.reading, 0, endedAt), one.known, of.values())
      const found = compared.get(one) ?? (one.known === null ? compare(NOBODY, one.seen.rows) : SAME)
      return decide(deps, one, found, of, ends.get(groupNo) ?? NO_ENDS, endedAt)
    }),
  )
}

/** What a comparison found, with the rows that it looked at: those of the rest are as they are stored. */
interface Compared {
  readonly stored: ReadonlyMap<string, MemberPrint>
  readonly seen: Roll
  readonly diff: Diff
}
const compare = (stored: ReadonlyMap<string, MemberPrint>, seen: Roll): Compared => ({
  stored,
  seen,
  diff: diff(stored, seen),
})
const SAME: Compared = compare(NOBODY, NO_ROWS)

async function compareAll(pool: Pool, cases: readonly Case[]): Promise<Map<Case, Compared>> {
  const [long, short] = [cases.filter(inBuckets), cases.filter((one) => !inBuckets(one))]
  const prints = await storedPrints(pool, numbers(short))
  const found = new Map(
    short.map((one) => [one, compare(prints.get(one.known?.groupNo ?? 0) ?? NOBODY, one.seen.rows)]),
  )
  for (const one of long) found.set(one, await compareBuckets(pool, one.known?.groupNo ?? 0, one.seen))
  return found
}

/** Complete reads of long rolls mostly differ in few rows; of a read that broke off most of the roll is missing. */
const inBuckets = ({ reading, known, seen }: Case): boolean =>
  reading.outcome === 'complete' && Math.min(known?.roll.rows ?? 0, seen.size) >= BUCKETS_FROM

async function compareBuckets(pool: Pool, groupNo: number, seen: Seen): Promise<Compared> {
  const mask = bucketMask(seen.size)
  const all = new Buckets(mask)
  for (const print of seen.prints) all.add(print)
  for (const bucket of await storedBuckets(pool, groupNo, mask)) all.take(bucket)
  const buckets = all.differing()
  const stored = await printsInBuckets(pool, groupNo, mask, buckets)
  return compare(
    stored,
    seen.rowsWhere(({ lo }) => buckets.has(lo & mask)),
  )
}

/** Join times that a read did not carry stay as they are stored: they are no change. */
export async function withKnownTimes(
  pool: Pool,
  known: KnownGroup | null,
  members: readonly Member[],
): Promise<Member[]> {
  const without = members.filter((member) => member.joinedAt === undefined)
  if (without.length === 0) return [...members]
  const wanted = known === null ? [] : without.map(({ accountId }) => ({ groupNo: known.groupNo, accountId }))
  const stored = (await storedMembers(pool, wanted)).get(known?.groupNo ?? -1)
  return members.map((member) =>
    member.joinedAt === undefined
      ? { ...member, joinedAt: stored?.get(member.accountId)?.member.joinedAt ?? null }
      : member,
  )
}

const numbers = (cases: readonly Case[]): number[] =>
  cases.flatMap(({ known }) => (known === null ? [] : [known.groupNo]))

function sameAsStored({ reading, known, seen }: Case): boolean {
  if (reading.outcome !== 'complete') return seen.size === 0
  return known !== null && sameRoll(seen.sum, known.roll)
}

function rowsWanted(groupNo: number, found: Compared | undefined): { groupNo: number; accountId: string }[] {
  if (found === undefined) return []
  return [...found.diff.changed, ...found.diff.absent].map((accountId) => ({ groupNo, accountId }))
}

/** Those who join with a join time from before the end of the last read: they may have been here before. */
function returning([{ known }, found]: readonly [Case, Compared]): { groupNo: number; accountId: string }[] {
  if (known === null) return []
  return found.diff.joined
    .filter((accountId) => mayOverlap(known, found.seen.get(accountId)?.member.joinedAt))
    .map((accountId) => ({ groupNo: known.groupNo, accountId }))
}

async function decide(
  deps: SettleDeps,
  one: Case,
  { stored, seen, diff: found }: Compared,
  rows: ReadonlyMap<string, StoredMember>,
  ends: ReadonlyMap<string, number>,
  comparedAt: number,
): Promise<RollWrite> {
  const { group, outcome } = one.reading
  const verdict =
    outcome === 'complete' && group !== null && found.absent.length > 0
      ? await confirm(deps, group, found.absent)
      : CONFIRMED_NOBODY
  const receipt = receiptOf(one.reading, one.seen.size, verdict === CONFIRMED_NOBODY ? comparedAt : deps.clock.now())
  return planRoll({
    receipt:
      verdict.doubt === null
        ? { ...receipt, reason: receipt.reason ?? unlisted(verdict.in) }
        : { ...receipt, outcome: 'partial', reason: verdict.doubt },
    group,
    known: one.known,
    seen,
    stored,
    storedRows: one.known?.roll.rows ?? 0,
    rows,
    diff: found,
    confirmedOut: verdict.out,
    lastEnds: ends,
    guard: deps.leaveGuard,
    approved: deps.approved?.get(one.reading.groupId) ?? null,
  })
}

export function receiptOf(reading: Reading, rowsRead: number, endedAt: number): ReadReceipt {
  return {
    groupId: reading.groupId,
    outcome: reading.outcome,
    vendorCount: reading.vendorCount,
    rowsRead,
    passes: reading.passes,
    calls: reading.calls,
    reason: reading.reason,
    bad: reading.bad,
    beganAt: reading.beganAt,
    endedAt: reading.endedAt ?? endedAt,
    resumed: reading.resumed === true,
  }
}
