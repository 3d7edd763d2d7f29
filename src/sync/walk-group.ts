import { isDeepStrictEqual } from 'node:util'
import { VendorError } from '../core/errors.ts'
import type { Group } from '../core/group.ts'
import type { BadRecord, Member } from '../core/member.ts'
import type { RollPrint } from '../core/fingerprint.ts'
import { foresee } from '../core/foresee.ts'
import { PrintRoster, RowRoster } from '../core/roster.ts'
import { type Event, firstStep, fold, startWalk, type Step, type Walk, type WalkPlan } from '../core/walk.ts'
import type { Vendor } from '../vendors/types.ts'
import { type Settled, settled } from './ahead.ts'
import { isStop } from './faults.ts'
import type { Room } from './room.ts'
import { Spool } from './spool.ts'

export interface WalkResult {
  readonly complete: boolean
  readonly reason: string | null
  /** The rows; of a group too large for that they are in `large`. */
  readonly members: readonly Member[]
  readonly large?: LargeRoll
  readonly vendorCount: number | null
  readonly bad: readonly BadRecord[]
  readonly passes: number
  readonly calls: number
}

/** A roll that is not held in memory. Its owner disposes of it. */
export interface LargeRoll extends AsyncDisposable {
  readonly roster: PrintRoster
  /**
   * The rows as they came, of a first read sorted by account; an account may come more than once, and the roster knows
   * which row counts.
   *
   * @param marks the rows that are wanted, by their number in the order of the roster; more may come
   */
  rows(marks?: Uint8Array): AsyncIterable<readonly Member[]>
}

export interface WalkOptions {
  readonly journal?: Journal | null
  /** From how many members on the rows are put aside on disk, and only their fingerprints are kept in memory. */
  readonly largeFrom?: number
  /** Where the rows count that are kept in memory: a walk for which there is no room puts them aside before that. */
  readonly room?: Room
  /** The roll as it is stored; null where nothing is: the rows of a large group then come sorted by account. */
  readonly stored?: RollPrint | null
  /** Fills in what pages of such a group do not carry, before their rows are fingerprinted. */
  readonly fillIn?: (rows: readonly Member[]) => Promise<readonly Member[]>
}

export const LARGE_FROM = 50_000
/** Of groups up to this size a file of their own would cost more than it spares. */
const ALWAYS_HELD = 2000
/** Pages of one walk under way beside the one that is dealt with. A vendor far away takes longer to answer than to be asked. */
const PAGES_AHEAD = 3

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
  { journal = null, largeFrom = LARGE_FROM, room, stored, fillIn = async (rows) => rows }: WalkOptions = {},
): Promise<WalkResult> {
  const walk = startWalk(plan, journal === null ? group.memberCount : journal.countBefore)
  const overlay = vendor.overlay === undefined ? null : await vendor.overlay(group, signal)
  let spool: Spool | null = null
  let calls = 0
  const complete = async (rows: readonly Member[]) => {
    const laid = overlay === null ? rows : rows.map(overlay)
    return spool === null ? laid : fillIn(laid)
  }
  const isLarge = (rows: number) => rows > largeFrom || (rows > ALWAYS_HELD && room?.holds(rows) === false)
  const take = async (event: Event): Promise<Step> => {
    const rows = event.kind === 'page' ? await complete(event.page.rows) : []
    const { members } = walk
    const step = fold(walk, event.kind === 'page' ? { kind: 'page', page: { ...event.page, rows } } : event)
    if (spool === null && isLarge(walk.members.size)) {
      room?.holds(0)
      spool = await Spool.open({ sorts: stored === null })
      await enlarge(walk, spool, fillIn)
    } else if (walk.members === members) await spool?.add(rows)
    else await spool?.clear()
    return step
  }
  // Pages that are sure to be wanted are asked for, in their order, while the rows of those before are dealt with. Each
  // is what the vendor says at its place at some moment of the walk; that the pages fit together `fold` has to find.
  const coming: { readonly step: Step; readonly event: Settled<Event> }[] = []
  const ended = () => Promise.all(coming.splice(0).map(({ event }) => event))
  try {
    let step = firstStep(walk)
    for (const event of journal?.before ?? []) {
      calls++
      step = await take(event)
    }
    while (step.do !== 'end') {
      calls++
      const next = coming.shift()
      const event = await (next === undefined ? carryOut(vendor, group, step, signal) : taken(next.event))
      await journal?.note(calls, event)
      const foreseen = event.kind === 'page' ? foresee(walk, event.page, PAGES_AHEAD) : []
      for (const one of foreseen.slice(coming.length))
        coming.push({ step: one, event: settled(carryOut(vendor, group, one, signal)) })
      step = await take(event)
      if (coming[0] === undefined || isDeepStrictEqual(step, coming[0].step)) continue
      calls += coming.length // something was amiss, and those pages are not the ones that are wanted
      await ended()
    }
    return {
      complete: step.complete,
      reason: step.reason,
      ...rollOf(walk, spool),
      vendorCount: walk.countAfter ?? walk.countBefore,
      bad: walk.bad,
      passes: walk.pass,
      calls,
    }
  } catch (error) {
    await ended()
    await (spool as Spool | null)?.[Symbol.asyncDispose]()
    throw error
  }
}

async function taken<T>(event: Settled<T>): Promise<T> {
  const result = await event
  if ('error' in result) throw result.error
  return result.taken
}

function rollOf({ members }: Walk, spool: Spool | null): Pick<WalkResult, 'members' | 'large'> {
  if (members instanceof RowRoster) return { members: [...members.rows.values()] }
  if (!(members instanceof PrintRoster) || spool === null) throw new TypeError('a walk without its rows')
  const dispose = () => spool[Symbol.asyncDispose]()
  return { members: [], large: { roster: members, rows: (marks) => spool.rows(marks), [Symbol.asyncDispose]: dispose } }
}

/** Puts the rows of a walk that has grown large aside. */
async function enlarge(
  walk: Walk,
  spool: Spool,
  fillIn: (rows: readonly Member[]) => Promise<readonly Member[]>,
): Promise<void> {
  const roster = new PrintRoster(Math.max(walk.countBefore ?? 0, 2 * walk.members.size))
  if (walk.members instanceof RowRoster) {
    const rows = [...walk.members.rows.values()]
    for (let at = 0; at < rows.length; at += 1000) {
      const filled = await fillIn(rows.slice(at, at + 1000))
      for (const row of filled) roster.add(row)
      await spool.add(filled)
    }
  }
  walk.members = roster
}

/** One pass over the member pages without asking what it proves; ends early where a page cannot be had, and says why. */
export async function pagesOnly(
  vendor: Vendor,
  group: Group,
  plan: WalkPlan,
  signal: AbortSignal,
): Promise<{
  readonly members: ReadonlyMap<string, Member>
  readonly bad: readonly BadRecord[]
  readonly trouble: string | null
  readonly calls: number
}> {
  const walk = startWalk(plan, null, 1)
  let calls = 0
  let trouble: string | null = null
  try {
    for (let step = firstStep(walk); step.do === 'fetch'; calls++) {
      step = fold(walk, await carryOut(vendor, group, step, signal))
    }
  } catch (error) {
    if (!(error instanceof VendorError) || isStop(error)) throw error
    trouble = error.message
  }
  const { members } = walk
  return { members: members instanceof RowRoster ? members.rows : new Map(), bad: walk.bad, trouble, calls }
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
