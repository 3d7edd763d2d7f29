import type { Pool } from 'pg'
import type { Clock } from '../core/clock.ts'
import { type Diff, diff, type Roll, rollOf } from '../core/diff.ts'
import { VendorError } from '../core/errors.ts'
import { addTo, EMPTY_ROLL, type MemberPrint, sameRoll } from '../core/fingerprint.ts'
import type { Group } from '../core/group.ts'
import type { Member } from '../core/member.ts'
import { planGone, planRoll, type ReadReceipt, type RollWrite, type StoredMember } from '../core/plan.ts'
import { type KnownGroup, storedMembers, storedPrints } from '../store/known.ts'
import type { Presence, Vendor } from '../vendors/types.ts'
import { isStop } from './faults.ts'
import { type Reading, readByWalk } from './reading.ts'

/** A reading with its rows fingerprinted and what is stored of its group. */
interface Case {
  readonly reading: Reading
  readonly known: KnownGroup | null
  readonly seen: Roll
}

const NOBODY: ReadonlyMap<string, MemberPrint> = new Map()
const NO_DIFFERENCE: Diff = { joined: [], changed: [], live: [], absent: [] }

/**
 * Compares readings with what is stored and decides their effect. Groups whose fingerprint is as stored cost nothing
 * more; of the others the stored fingerprints are read, of changed and absent members the rows. Whoever is absent from
 * a complete read is a suspect, and leaves only when the vendor's direct word or a second complete walk says so.
 */
export async function settle(
  deps: { readonly pool: Pool; readonly vendor: Vendor; readonly clock: Clock; readonly signal: AbortSignal },
  readings: readonly Reading[],
  known: ReadonlyMap<string, KnownGroup>,
): Promise<RollWrite[]> {
  const cases = await Promise.all(
    readings.map(async (reading): Promise<Case> => {
      const before = known.get(reading.groupId) ?? null
      return { reading, known: before, seen: rollOf(await withKnownTimes(deps.pool, before, [...reading.members])) }
    }),
  )
  const gone = cases.filter(({ reading, known }) => reading.outcome === 'gone' && known !== null)
  const differing = cases.filter((one) => one.reading.outcome !== 'gone' && one.known !== null && !sameAsStored(one))
  const prints = await storedPrints(deps.pool, numbers(differing))
  const compared = new Map(differing.map((one) => [one, diff(prints.get(one.known?.groupNo ?? 0) ?? NOBODY, one.seen)]))
  const rows = await storedMembers(deps.pool, [
    ...numbers(gone).map((groupNo) => ({ groupNo, accountId: null })),
    ...differing.flatMap((one) => rowsWanted(one.known?.groupNo ?? 0, compared.get(one))),
  ])
  return Promise.all(
    cases.map(async (one): Promise<RollWrite> => {
      const groupNo = one.known?.groupNo ?? -1
      const stored = prints.get(groupNo) ?? NOBODY
      const of = rows.get(groupNo) ?? new Map<string, StoredMember>()
      if (one.reading.outcome === 'gone') return planGone(receiptOf(one, deps.clock), one.known, of.values())
      const found = compared.get(one) ?? (one.known === null ? diff(NOBODY, one.seen) : NO_DIFFERENCE)
      return decide(deps, one, stored, of, found)
    }),
  )
}

/** Join times that a read did not carry stay as they are stored: they are no change. */
async function withKnownTimes(pool: Pool, known: KnownGroup | null, members: readonly Member[]): Promise<Member[]> {
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
  let roll = EMPTY_ROLL
  for (const { print } of seen.values()) roll = addTo(roll, print)
  return known !== null && sameRoll(roll, known.roll)
}

function rowsWanted(groupNo: number, found: Diff | undefined): { groupNo: number; accountId: string }[] {
  if (found === undefined) return []
  return [...found.changed, ...found.absent].map((accountId) => ({ groupNo, accountId }))
}

async function decide(
  deps: { readonly vendor: Vendor; readonly clock: Clock; readonly signal: AbortSignal },
  one: Case,
  stored: ReadonlyMap<string, MemberPrint>,
  rows: ReadonlyMap<string, StoredMember>,
  found: Diff,
): Promise<RollWrite> {
  const { group, outcome } = one.reading
  const verdict =
    outcome === 'complete' && group !== null && found.absent.length > 0
      ? await confirm(deps, group, found.absent)
      : CONFIRMED_NOBODY
  const receipt = receiptOf(one, deps.clock)
  return planRoll({
    receipt: verdict.doubt === null ? receipt : { ...receipt, outcome: 'partial', reason: verdict.doubt },
    group,
    known: one.known,
    seen: one.seen,
    stored,
    rows,
    diff: found,
    confirmedOut: verdict.out,
    confirmedIn: verdict.in,
  })
}

interface Confirmed {
  readonly out: ReadonlySet<string>
  readonly in: ReadonlySet<string>
  /** Why the suspects could not all be cleared up; the read then ends no stay at all. */
  readonly doubt: string | null
}
const CONFIRMED_NOBODY: Confirmed = { out: new Set(), in: new Set(), doubt: null }

async function confirm(
  deps: { readonly vendor: Vendor; readonly clock: Clock; readonly signal: AbortSignal },
  group: Group,
  suspects: readonly string[],
): Promise<Confirmed> {
  try {
    const presence = await ask(deps, group, suspects)
    const having = (word: Presence) => new Set(suspects.filter((id) => (presence.get(id) ?? 'unknown') === word))
    const unknown = having('unknown').size
    const doubt =
      unknown === 0 ? null : `${unknown} of ${suspects.length} absent members could not be confirmed as gone`
    return { out: having('out'), in: having('in'), doubt }
  } catch (error) {
    if (!(error instanceof VendorError) || isStop(error)) throw error
    return { ...CONFIRMED_NOBODY, doubt: `${suspects.length} absent members not confirmed as gone: ${error.message}` }
  }
}

/** The vendor's direct word about each suspect; where it has none, a second complete walk decides. */
async function ask(
  deps: { readonly vendor: Vendor; readonly clock: Clock; readonly signal: AbortSignal },
  group: Group,
  suspects: readonly string[],
): Promise<ReadonlyMap<string, Presence>> {
  const direct = (await deps.vendor.confirm?.(group, suspects, deps.signal)) ?? new Map<string, Presence>()
  const open = suspects.filter((id) => (direct.get(id) ?? 'unknown') === 'unknown')
  if (open.length === 0) return direct
  const second = await readByWalk(deps.vendor, group, deps.clock, deps.signal)
  const listed = new Set([...second.members].map((member) => member.accountId))
  const word = (id: string): Presence => (listed.has(id) ? 'in' : second.outcome === 'complete' ? 'out' : 'unknown')
  return new Map([...direct, ...open.map((id) => [id, word(id)] as const)])
}

function receiptOf({ reading, seen }: Case, clock: Clock): ReadReceipt {
  return {
    groupId: reading.groupId,
    outcome: reading.outcome,
    vendorCount: reading.vendorCount,
    rowsRead: seen.size,
    passes: reading.passes,
    calls: reading.calls,
    reason: reading.reason,
    bad: reading.bad,
    beganAt: reading.beganAt,
    endedAt: clock.now(),
  }
}
