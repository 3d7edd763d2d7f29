import type { BadRecord, Member } from './member.ts'
import { type Roster, RowRoster } from './roster.ts'

/** The crawl reducer: folds the pages of one group into a roll and decides what to ask next, and what it all proves. */

export type Position =
  | { readonly kind: 'offset'; readonly offset: number }
  | { readonly kind: 'token'; readonly token: string | null }
  | { readonly kind: 'page'; readonly page: number }

export interface WalkPlan {
  readonly kind: Position['kind']
  /** Rows to ask for. A server that gives fewer is taken at what it gives. */
  readonly pageSize: number
  /** For `page`: the number of the first page, and the size that every server honours: fewer rows than that end the walk. */
  readonly firstPage?: number
  readonly sureSize?: number
}

export interface Page {
  readonly rows: readonly Member[]
  readonly bad: readonly BadRecord[]
  /** The vendor's count of the group in this very answer, null where it has none. */
  readonly memberCount: number | null
  /** For `token`: the next cursor, null at the vendor's own end. */
  readonly next: string | null
}

export type Event =
  | { readonly kind: 'page'; readonly page: Page }
  /** The page was refused as too large. */
  | { readonly kind: 'tooBig' }
  /** The vendor's count, asked for after the last page. */
  | { readonly kind: 'count'; readonly count: number | null }

export interface Fetch {
  readonly do: 'fetch'
  readonly position: Position
  readonly size: number
}
export type Step =
  | Fetch
  | { readonly do: 'count' }
  | { readonly do: 'end'; readonly complete: boolean; readonly reason: string | null }

const MAX_STEP_BACKS = 4

/** One walk. `fold` changes it in place: a million rows are not copied for the sake of purity, and no clock is read. */
export interface Walk {
  readonly plan: WalkPlan
  readonly maxPasses: number
  pass: number
  pages: number
  size: number
  position: Position
  countBefore: number | null
  countAfter: number | null
  members: Roster
  /** Whom the pass before met; where the vendor counts nothing, two passes alike prove each other. */
  previous: Roster | null
  bad: BadRecord[]
  last: string | null
  stepBacks: number
  tokens: Set<string>
}

/** @param countBefore the vendor's count from the group's details, for vendors whose pages carry none */
export function startWalk(plan: WalkPlan, countBefore: number | null, maxPasses = 3): Walk {
  return {
    plan,
    maxPasses,
    pass: 1,
    pages: 0,
    size: plan.pageSize,
    position: firstPosition(plan),
    countBefore,
    countAfter: null,
    members: new RowRoster(),
    previous: null,
    bad: [],
    last: null,
    stepBacks: 0,
    tokens: new Set(),
  }
}

export function firstStep(walk: Walk): Step {
  return fetchStep(walk)
}

export function fold(walk: Walk, event: Event): Step {
  switch (event.kind) {
    case 'tooBig':
      if (walk.size <= 2)
        return { do: 'end', complete: false, reason: 'even a page of two rows is refused as too large' }
      walk.size = Math.max(2, Math.floor(walk.size / 2))
      // Numbered pages of another size are other rows: the pass starts anew.
      return walk.plan.kind === 'page' ? restart(walk, walk.countBefore) : fetchStep(walk)
    case 'count':
      walk.countAfter = event.count
      return judge(walk)
    case 'page':
      return foldPage(walk, event.page)
  }
}

function foldPage(walk: Walk, page: Page): Step {
  const first = walk.pages === 0
  walk.pages++
  if (page.memberCount !== null) {
    if (first) walk.countBefore = page.memberCount
    walk.countAfter = page.memberCount
  }
  const known = walk.members.size
  const overlaps = page.rows[0]?.accountId === walk.last
  const touches =
    overlaps || (walk.position.kind === 'offset' && page.rows.some((row) => walk.members.has(row.accountId)))
  for (const row of page.rows) walk.members.add(row)
  walk.bad.push(...page.bad)
  const rows = page.rows.length + page.bad.length
  if (walk.pages > 20 + 4 * Math.ceil(Math.max(walk.countAfter ?? 0, known) / Math.max(1, Math.min(walk.size, 50) - 1)))
    return passFailed(walk, 'the list does not end')
  switch (walk.position.kind) {
    case 'offset':
      return nextOffset(walk, walk.position.offset, page, rows, first, overlaps, touches)
    case 'token':
      return nextToken(walk, page)
    case 'page':
      return nextNumber(walk, walk.position.page, rows)
  }
}

function nextOffset(
  walk: Walk,
  offset: number,
  page: Page,
  rows: number,
  first: boolean,
  overlaps: boolean,
  touches: boolean,
): Step {
  const steppingBack = walk.last === null && !first
  if (!first && (steppingBack ? offset > 0 && !touches : !overlaps)) {
    // Rows moved under the walk: go back a page, so that nobody who slid over the boundary is missed.
    if (++walk.stepBacks > MAX_STEP_BACKS) return passFailed(walk, 'rows kept moving between pages')
    walk.last = null
    walk.position = { kind: 'offset', offset: Math.max(0, offset - (walk.size - 1)) }
    return fetchStep(walk)
  }
  const end = offset + rows
  const expected = page.memberCount ?? walk.countBefore
  if (rows < walk.size) {
    if (expected === null || end >= expected) return finishPass(walk)
    if (rows < 2) return passFailed(walk, `the list ends after ${end} of ${expected} members`)
    walk.size = rows // the server honours fewer rows than asked for
  }
  walk.last = page.rows.at(-1)?.accountId ?? null
  walk.position = { kind: 'offset', offset: end - 1 }
  return fetchStep(walk)
}

function nextToken(walk: Walk, page: Page): Step {
  if (page.next === null) return finishPass(walk)
  if (walk.tokens.has(page.next)) return passFailed(walk, 'a cursor came twice')
  walk.tokens.add(page.next)
  walk.position = { kind: 'token', token: page.next }
  return fetchStep(walk)
}

function nextNumber(walk: Walk, page: number, rows: number): Step {
  if (rows > 0 && rows >= Math.min(walk.plan.sureSize ?? walk.size, walk.size)) {
    walk.position = { kind: 'page', page: page + 1 }
    return fetchStep(walk)
  }
  return finishPass(walk)
}

/** The walk came to its own end: the count after it is in the last page, or has to be asked for. */
function finishPass(walk: Walk): Step {
  return walk.countAfter === null ? { do: 'count' } : judge(walk)
}

function judge(walk: Walk): Step {
  const { size: unique } = walk.members
  const { countBefore: before, countAfter: after } = walk
  if (walk.bad.length > 0) return { do: 'end', complete: false, reason: badReason(walk.bad) }
  if (before !== null && unique === before && unique === after) return { do: 'end', complete: true, reason: null }
  if (before === null && after === null && sameAccounts(walk)) return { do: 'end', complete: true, reason: null }
  return passFailed(
    walk,
    `${unique} members listed, the vendor counts ${before ?? '?'} before and ${after ?? '?'} after`,
  )
}

function sameAccounts({ members, previous }: Walk): boolean {
  return previous !== null && members.isLike(previous)
}

/** Another pass from the start, if one is left: what the newest pass saw is what counts. */
function passFailed(walk: Walk, reason: string): Step {
  if (walk.pass >= walk.maxPasses) return { do: 'end', complete: false, reason }
  walk.pass++
  return restart(walk, walk.countAfter ?? walk.countBefore)
}

function restart(walk: Walk, countBefore: number | null): Step {
  Object.assign(walk, {
    // It proves something only where the vendor counts nothing; elsewhere a roll would be held for nothing.
    previous: countBefore === null ? walk.members : null,
    pages: 0,
    position: firstPosition(walk.plan),
    countBefore,
    countAfter: null,
    members: walk.members.fresh(),
    bad: [],
    last: null,
    stepBacks: 0,
    tokens: new Set(),
  })
  return fetchStep(walk)
}

/** Why a read with records that are not understood proves nothing. */
export function badReason(bad: readonly BadRecord[]): string {
  const [one] = bad
  return `${bad.length} record(s) not understood, e.g. ${one?.accountId ?? 'one without an account'}: ${one?.field}: ${one?.reason}`
}

function fetchStep(walk: Walk): Step {
  return { do: 'fetch', position: walk.position, size: walk.size }
}

function firstPosition(plan: WalkPlan): Position {
  switch (plan.kind) {
    case 'offset':
      return { kind: 'offset', offset: 0 }
    case 'token':
      return { kind: 'token', token: null }
    case 'page':
      return { kind: 'page', page: plan.firstPage ?? 1 }
  }
}
