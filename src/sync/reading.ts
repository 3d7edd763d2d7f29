import { VendorError } from '../core/errors.ts'
import type { RollPrint } from '../core/fingerprint.ts'
import type { Group, GroupAnswer, Outcome } from '../core/group.ts'
import type { BadRecord, Member } from '../core/member.ts'
import type { Clock } from '../core/clock.ts'
import { Seen } from '../core/seen.ts'
import { badReason, type WalkPlan } from '../core/walk.ts'
import type { Vendor } from '../vendors/types.ts'
import { isStop } from './faults.ts'
import { groupFault, idOf } from './read-details.ts'
import { type LargeRoll, pagesOnly, walkGroup, type WalkOptions } from './walk-group.ts'

/** What the vendor said of one group in one read, before it is compared with what is stored. */
export interface Reading {
  readonly groupId: string
  readonly group: Group | null
  readonly outcome: Outcome
  readonly reason: string | null
  readonly members: Iterable<Member>
  /** The same, fingerprinted, where that is done already. */
  readonly seen?: Seen
  /** The rows of a group too large to be held; `members` is empty then. */
  readonly large?: LargeRoll
  readonly vendorCount: number | null
  readonly bad: readonly BadRecord[]
  readonly passes: number
  readonly calls: number
  readonly beganAt: number
  /** Whether an earlier attempt had read some of the pages. */
  readonly resumed?: boolean
  /** When the vendor had answered, where the reading has waited since; else it ends when it is compared. */
  readonly endedAt?: number
}

/** Whom a reading shows, some at a time. */
export async function* accountsOf({ members, large }: Reading): AsyncGenerator<string[]> {
  yield Array.from(members, ({ accountId }) => accountId)
  if (large !== undefined) for await (const rows of large.rows()) yield rows.map(({ accountId }) => accountId)
}

/** A reading that needs no further call, or null when the members have to be walked. */
export function readingOf(
  answer: GroupAnswer,
  vendor: Vendor,
  self: readonly Member[],
  beganAt: number,
  stored: RollPrint | null,
): Reading | null {
  const base = { groupId: idOf(answer), beganAt, passes: 0, calls: 0, bad: [], members: [], vendorCount: null }
  switch (answer.kind) {
    case 'gone':
    case 'forbidden':
    case 'failed':
      return { ...base, group: null, outcome: answer.kind, reason: answer.reason }
    case 'badId':
    case 'missing':
      return { ...base, group: null, outcome: 'failed', reason: 'the vendor does not answer for this id' }
    case 'found': {
      const { group, members, bad } = answer
      const found = { ...base, group, vendorCount: group.memberCount, bad }
      if (vendor.walkPlan(group) === null) {
        return {
          ...found,
          members: self,
          outcome: 'unlistable',
          reason: `no call lists the members of a ${group.type}`,
        }
      }
      if (members === null) return null
      if (bad.length > 0 || members.length < (group.memberCount ?? 0)) return null
      const seen = new Seen(members, stored)
      if (seen.size !== group.memberCount) return null
      return { ...found, members, seen, outcome: 'complete', reason: null, passes: 1 }
    }
  }
}

/** A reading of the details alone. */
export function unwalked(group: Group, beganAt: number): Reading {
  const { groupId, memberCount: vendorCount } = group
  return {
    groupId,
    group,
    outcome: 'unwalked',
    reason: null,
    members: [],
    vendorCount,
    bad: [],
    passes: 0,
    calls: 0,
    beganAt,
  }
}

/** Reads a group by walking its member list. Its own failure is its outcome; only a stop ends the run. */
export function readByWalk(
  vendor: Vendor,
  group: Group,
  clock: Clock,
  signal: AbortSignal,
  options: WalkOptions = {},
): Promise<Reading> {
  return reading(group, options.journal?.beganAt ?? clock.now(), async () => {
    const { complete, ...result } = await walkGroup(vendor, group, planOf(vendor, group), signal, options)
    const seen = result.large === undefined ? { seen: new Seen(result.members, options.stored) } : {}
    const resumed = (options.journal?.before.length ?? 0) > 0
    return { ...result, ...seen, resumed, outcome: complete ? 'complete' : 'partial' }
  })
}

/**
 * Reads a group whose details have said in one answer who is in. The member pages only add what that answer does not
 * carry. Without the join times they have, who left and came back looks like who stayed: where they cannot be had, their
 * fields stay as they are known and the read proves nothing.
 */
export function readByRoster(
  vendor: Vendor,
  group: Group,
  roster: readonly Member[],
  beganAt: number,
  signal: AbortSignal,
): Promise<Reading> {
  return reading(group, beganAt, async () => {
    const overlay = await vendor.overlay?.(group, signal)
    const plan = planOf(vendor, group)
    const first = await pagesOnly(vendor, group, plan, signal)
    const enough = missing(roster, first.members) === 0 || first.trouble !== null
    const second = enough ? null : await pagesOnly(vendor, group, plan, signal)
    const pages = second === null ? first.members : new Map([...first.members, ...second.members])
    const { bad, trouble } = second ?? first
    const lacking = missing(roster, pages)
    const doubt =
      trouble ??
      (bad.length > 0 ? badReason(bad) : lacking > 0 ? `the join times of ${lacking} members were not listed` : null)
    const members = roster.map((row) => ({ ...row, ...pages.get(row.accountId), role: row.role }))
    return {
      members: overlay === undefined ? members : members.map(overlay),
      outcome: doubt === null ? 'complete' : 'partial',
      reason: doubt,
      vendorCount: roster.length,
      bad,
      passes: second === null ? 1 : 2,
      calls: first.calls + (second?.calls ?? 0),
    }
  })
}

/** Members without a row in pages that carry join times; pages of a server that has none lack nothing. */
function missing(roster: readonly Member[], pages: ReadonlyMap<string, Member>): number {
  const carried = [...pages.values()].some(({ joinedAt }) => joinedAt !== undefined && joinedAt !== null)
  return carried ? roster.filter(({ accountId }) => !pages.has(accountId)).length : 0
}

function planOf(vendor: Vendor, group: Group): WalkPlan {
  const plan = vendor.walkPlan(group)
  if (plan === null) throw new RangeError(`no walk for ${group.groupId}`)
  return plan
}

async function reading(
  group: Group,
  beganAt: number,
  work: () => Promise<Omit<Reading, 'groupId' | 'group' | 'beganAt'>>,
): Promise<Reading> {
  const base = { groupId: group.groupId, group, beganAt }
  try {
    return { ...base, ...(await work()) }
  } catch (error) {
    if (!(error instanceof VendorError) || isStop(error)) throw error
    const outcome = error.fault === 'unlistable' ? 'unlistable' : groupFault(error)
    return {
      ...base,
      group: outcome === 'gone' ? null : group,
      outcome: outcome === 'badId' ? 'failed' : outcome,
      reason: error.message,
      members: [],
      vendorCount: group.memberCount,
      bad: [],
      passes: 1,
      calls: 1,
    }
  }
}
