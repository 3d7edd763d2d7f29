import { VendorError } from '../core/errors.ts'
import type { Group } from '../core/group.ts'
import type { BadRecord, Member } from '../core/member.ts'
import { type Event, firstStep, fold, startWalk, type WalkPlan } from '../core/walk.ts'
import type { Vendor } from '../vendors/types.ts'
import { isStop } from './faults.ts'

export interface WalkResult {
  readonly complete: boolean
  readonly reason: string | null
  readonly members: Iterable<Member>
  readonly vendorCount: number | null
  readonly bad: readonly BadRecord[]
  readonly passes: number
  readonly calls: number
}

/** Keeps the pages of a walk as they come, so that another worker can go on where this one ended. */
export interface Journal {
  /** When the walk began, and the vendor's count of then. */
  readonly beganAt: number
  readonly countBefore: number | null
  /** The pages of earlier attempts. */
  readonly before: readonly Event[]
  /** Pages are numbered from 1. */
  note(pageNo: number, event: Event): Promise<void>
}

/** Walks the members of one group page by page, until the walk is proven complete or cannot be. */
export async function walkGroup(
  vendor: Vendor,
  group: Group,
  plan: WalkPlan,
  signal: AbortSignal,
  journal: Journal | null = null,
): Promise<WalkResult> {
  const walk = startWalk(plan, journal === null ? group.memberCount : journal.countBefore)
  let calls = 0
  const overlay = vendor.overlay === undefined ? null : await vendor.overlay(group, signal)
  let step = firstStep(walk)
  for (const event of journal?.before ?? []) {
    calls++
    step = fold(walk, event)
  }
  while (step.do !== 'end') {
    calls++
    const event = await carryOut(vendor, group, step, signal)
    await journal?.note(calls, event)
    step = fold(walk, event)
  }
  const members = [...walk.members.values()]
  return {
    complete: step.complete,
    reason: step.reason,
    members: overlay === null ? members : members.map(overlay),
    vendorCount: walk.countAfter ?? walk.countBefore,
    bad: walk.bad,
    passes: walk.pass,
    calls,
  }
}

/** One pass over the member pages without asking what it proves; ends early where a page cannot be had. */
export async function pagesOnly(
  vendor: Vendor,
  group: Group,
  plan: WalkPlan,
  signal: AbortSignal,
): Promise<{ readonly members: ReadonlyMap<string, Member>; readonly calls: number }> {
  const walk = startWalk(plan, null, 1)
  let calls = 0
  try {
    for (let step = firstStep(walk); step.do === 'fetch'; calls++) {
      step = fold(walk, await carryOut(vendor, group, step, signal))
    }
  } catch (error) {
    if (!(error instanceof VendorError) || isStop(error)) throw error
  }
  return { members: walk.members, calls }
}

async function carryOut(
  vendor: Vendor,
  group: Group,
  step: Exclude<ReturnType<typeof firstStep>, { do: 'end' }>,
  signal: AbortSignal,
): Promise<Event> {
  if (step.do === 'count') {
    const [answer] = await vendor.details([{ ...group, memberCount: Number.POSITIVE_INFINITY }], signal)
    return { kind: 'count', count: answer?.kind === 'found' ? answer.group.memberCount : null }
  }
  try {
    return { kind: 'page', page: await vendor.memberPage(group, step.position, step.size, signal) }
  } catch (error) {
    if (error instanceof VendorError && error.fault === 'tooBig') return { kind: 'tooBig' }
    throw error
  }
}
