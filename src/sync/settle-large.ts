import type { Pool } from 'pg'
import { Buckets, BUCKETS_FROM, bucketMask } from '../core/buckets.ts'
import { type Diff, diff, type Roll } from '../core/diff.ts'
import { type MemberPrint, memberPrint, sameRoll } from '../core/fingerprint.ts'
import type { Member } from '../core/member.ts'
import { mayOverlap, planRoll } from '../core/plan.ts'
import { countsOf, type Counts, type RollRest, type RollWrite } from '../core/roll-write.ts'
import {
  type Db,
  fetchedBuckets,
  fetchedPrints,
  type KnownGroup,
  lastEnds,
  pairPrints,
  type SomeBuckets,
  storedMembers,
} from '../store/known.ts'
import { ahead } from './ahead.ts'
import { confirm, CONFIRMED_NOBODY, unlisted } from './confirm.ts'
import type { PrintRoster } from '../core/roster.ts'
import type { Reading } from './reading.ts'
import { receiptOf, type SettleDeps } from './settle.ts'
import type { LargeRoll } from './walk-group.ts'

/** The most rows that are planned and written at once. */
const PART = 2000

const NO_ROWS: Roll = new Map()
const NO_DIFFERENCE: Diff = { joined: [], changed: [], live: [], absent: [] }
const UNGUARDED = { guard: undefined, approved: null }

/**
 * As `settle`, of a group whose rows are not held in memory. What is stored is read once beside the fingerprints of what
 * was met, which tells who is absent; the rest is planned part by part from the rows put aside, while it is written.
 */
export async function settleLarge(
  deps: SettleDeps & { readonly pool: Pool; readonly largeFrom?: number | undefined },
  reading: Reading,
  large: LargeRoll,
  known: KnownGroup | null,
): Promise<RollWrite> {
  const { roster } = large
  const { group, outcome } = reading
  const complete = outcome === 'complete'
  const receipt = receiptOf(reading, roster.size, deps.clock.now())
  const none = { known, group, seen: NO_ROWS, stored: new Map(), rows: new Map(), lastEnds: new Map() }
  if (complete && known !== null && sameRoll(roster.sum, known.roll)) {
    return planRoll({ ...none, receipt, diff: NO_DIFFERENCE, confirmedOut: new Set(), ...UNGUARDED })
  }
  const absent = new Map<string, MemberPrint>()
  if (known !== null) {
    const only = complete && known.roll.rows >= BUCKETS_FROM ? await differing(deps.pool, known.groupNo, roster) : null
    if (only !== null) roster.limitTo(only)
    for await (const rows of fetchedPrints(deps.pool, known.groupNo, only)) {
      for (const { account_id: accountId, hi, lo, live } of rows) {
        const print = { hi, lo, live }
        if (roster.meet(accountId, print) === 'absent' && complete) absent.set(accountId, print)
      }
    }
  }
  const suspects = [...absent.keys()]
  const verdict = suspects.length > 0 && group !== null ? await confirm(deps, group, suspects) : CONFIRMED_NOBODY
  const pairs = suspects.map((accountId) => ({ groupNo: known?.groupNo ?? 0, accountId }))
  const judged = { ...receipt, endedAt: reading.endedAt ?? deps.clock.now() }
  const head = planRoll({
    ...none,
    receipt:
      verdict.doubt === null
        ? { ...judged, reason: judged.reason ?? unlisted(verdict.in) }
        : { ...judged, outcome: 'partial', reason: verdict.doubt },
    stored: absent,
    storedRows: known?.roll.rows ?? 0,
    rows: (await storedMembers(deps.pool, pairs)).get(known?.groupNo ?? 0) ?? new Map(),
    diff: { ...NO_DIFFERENCE, absent: suspects },
    confirmedOut: verdict.out,
    guard: deps.leaveGuard,
    approved: deps.approved?.get(reading.groupId) ?? null,
  })
  return { ...head, rest: new Rest(head, large, Math.min(PART, deps.largeFrom ?? PART)) }
}

/** The buckets in which a complete read differs from what is stored: only their rows have to be looked at. */
async function differing(pool: Pool, groupNo: number, roster: PrintRoster): Promise<SomeBuckets> {
  const mask = bucketMask(roster.size)
  const buckets = new Buckets(mask)
  for (const print of roster.prints()) buckets.add(print)
  for await (const stored of fetchedBuckets(pool, groupNo, mask)) for (const bucket of stored) buckets.take(bucket)
  return { mask, buckets: buckets.differing() }
}

class Rest implements RollRest {
  counts: Counts = { joined: 0, left: 0, changed: 0 }
  readonly #head: RollWrite
  readonly #large: LargeRoll
  readonly #atOnce: number

  constructor(head: RollWrite, large: LargeRoll, atOnce: number) {
    this.#head = head
    this.#large = large
    this.#atOnce = atOnce
  }

  async *parts(db: unknown): AsyncGenerator<RollWrite> {
    if (!isDb(db)) throw new TypeError('the parts of a large roll need a database')
    let { roll } = this.#head
    for await (const rows of ahead(this.#rows())) {
      const part = await this.#plan(db, rows, roll)
      const { joined, left, changed } = countsOf(part)
      const { counts } = this
      this.counts = {
        joined: counts.joined + joined,
        left: counts.left + left,
        changed: counts.changed + changed,
      }
      roll = part.roll
      yield part
    }
  }

  /** The rows that are not stored as they are, a part at a time. */
  async *#rows(): AsyncGenerator<Map<string, { member: Member; print: MemberPrint }>, void> {
    const { roster } = this.#large
    const wanted = roster.wanted()
    let taken = 0
    let rows = new Map<string, { member: Member; print: MemberPrint }>()
    for await (const page of this.#large.rows(wanted.marks)) {
      for (const member of page) {
        const print = memberPrint(member)
        if (roster.takes(member, print)) rows.set(member.accountId, { member, print })
      }
      if (rows.size < this.#atOnce) continue
      taken += rows.size
      yield rows
      rows = new Map()
    }
    taken += rows.size
    if (taken !== wanted.rows)
      throw new Error(
        `group ${this.#head.receipt.groupId}: ${taken} of its ${wanted.rows} new or changed members came back from where they were put aside: nothing of this read is written; please report it`,
      )
    if (rows.size > 0) yield rows
  }

  async #plan(db: Db, seen: Roll, roll: RollWrite['roll']): Promise<RollWrite> {
    const { receipt, known } = this.#head
    const groupNo = known === null ? null : known.groupNo
    const pairsOf = (accounts: readonly string[]) =>
      groupNo === null ? [] : accounts.map((accountId) => ({ groupNo, accountId }))
    const stored = (await pairPrints(db, pairsOf([...seen.keys()]))).get(groupNo ?? 0) ?? new Map<string, MemberPrint>()
    const found = diff(stored, seen)
    const returning = found.joined.filter((accountId) => mayOverlap(known, seen.get(accountId)?.member.joinedAt))
    return planRoll({
      receipt,
      group: null,
      // Who is unseen is the business of the part about the absent alone.
      known: known === null ? null : { ...known, unseen: 0 },
      from: roll,
      seen,
      stored,
      rows: (await storedMembers(db, pairsOf(found.changed))).get(groupNo ?? 0) ?? new Map(),
      diff: found,
      confirmedOut: new Set(),
      lastEnds: (await lastEnds(db, pairsOf(returning))).get(groupNo ?? 0) ?? new Map(),
      ...UNGUARDED,
    })
  }
}

function isDb(db: unknown): db is Db {
  return typeof db === 'object' && db !== null && 'query' in db
}
