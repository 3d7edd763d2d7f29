import { VendorError } from '../core/errors.ts'
import type { Group, GroupAnswer, Outcome } from '../core/group.ts'
import type { BadRecord, Member } from '../core/member.ts'
import type { Clock } from '../core/clock.ts'
import type { WalkPlan } from '../core/walk.ts'
import type { Vendor } from '../vendors/types.ts'
import { isStop } from './faults.ts'
import { groupFault, idOf } from './read-details.ts'
import { type Journal, pagesOnly, walkGroup } from './walk-group.ts'

/** What the vendor said of one group in one read, before it is compared with what is stored. */
export interface Reading {
  readonly groupId: string
  readonly group: Group | null
  readonly outcome: Outcome
  readonly reason: string | null
  readonly members: Iterable<Member>
  readonly vendorCount: number | null
  readonly bad: readonly BadRecord[]
  readonly passes: number
  readonly calls: number
  readonly beganAt: number
}

/** A reading that needs no further call, or null when the members have to be walked. */
export function readingOf(
  answer: GroupAnswer,
  vendor: Vendor,
  self: readonly Member[],
  beganAt: number,
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
      const unique = new Set(members.map((member) => member.accountId)).size
      if (bad.length > 0 || unique !== group.memberCount) return null
      return { ...found, members, outcome: 'complete', reason: null, passes: 1 }
    }
  }
}

/** Reads a group by walking its member list. Its own failure is its outcome; only a stop ends the run. */
export function readByWalk(
  vendor: Vendor,
  group: Group,
  clock: Clock,
  signal: AbortSignal,
  journal: Journal | null = null,
): Promise<Reading> {
  return reading(group, journal?.beganAt ?? clock.now(), async () => {
    const { complete, ...result } = await walkGroup(vendor, group, planOf(vendor, group), signal, journal)
    return { ...result, outcome: complete ? 'complete' : 'partial' }
  })
}

/**
 * Reads a group whose details have said in one answer who is in. The member pages only add what that answer does not
 * carry; where they cannot be read, those fields stay as they are known.
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
    const { members: pages, calls } = await pagesOnly(vendor, group, planOf(vendor, group), signal)
    const members = roster.map((row) => ({ ...row, ...pages.get(row.accountId), role: row.role }))
    return {
      members: overlay === undefined ? members : members.map(overlay),
      outcome: 'complete',
      reason: null,
      vendorCount: roster.length,
      bad: [],
      passes: 1,
      calls,
    }
  })
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
