import type { Pool } from 'pg'
import type { Change } from '../../core/change.ts'
import type { JsonObject } from '../../core/member.ts'
import { statement, timestamp } from '../statement.ts'
import { ask, type Shown } from './shown.ts'

export interface ChangePlace {
  readonly run: number
  /** 0 a change of a member, 1 of the group itself. */
  readonly about: number
  /** Null: from the beginning of the run. */
  readonly id: string | null
}

export interface ChangePageAsk {
  readonly source: string | null
  readonly groupId: string | null
  readonly accountId: string | null
  readonly kinds: readonly Change['kind'][] | null
  /** Of joins those that a first read found, or those that happened between two reads; null for both. */
  readonly joins: 'found' | 'seen' | null
  /** What one run found. */
  readonly run: number | null
  readonly since: number | null
  readonly until: number | null
  readonly newestFirst: boolean
  readonly after: ChangePlace | null
  readonly limit: number
}

interface ChangeRowShown {
  run_id: number
  about: number
  id: bigint
  source: string
  group_id: string
  group_name: string | null
  account_id: string | null
  kind: Change['kind']
  at: Date
  not_before: Date | null
  not_after: Date | null
  old: JsonObject | null
  new: JsonObject | null
}
export type ChangeShown = Shown<ChangeRowShown>

export interface ChangePage {
  readonly changes: readonly ChangeShown[]
  /** Where to go on; null at the end. */
  readonly next: ChangePlace | null
}

/** How many stretches of runs are looked through for one page where the filter fits little. */
const STRETCHES = 8

/** One page of the feed. A run's changes stand together; an account's have their index; all others are looked for run by run. */
export async function changePage(pool: Pool, of: ChangePageAsk): Promise<ChangePage> {
  if (of.run !== null) return pageIn(pool, of, { first: of.run, last: of.run, after: null }, of.after, null)
  if (of.accountId !== null) return pageIn(pool, of, null, of.after, null)
  if (of.groupId !== null) return pageOfGroup(pool, of)
  let after = of.after
  const changes: ChangeShown[] = []
  for (let stretch = 0; stretch < STRETCHES; stretch++) {
    const runs = await nextRuns(pool, of, after?.run ?? null, { changes: of.limit, runs: 200 })
    if (runs === null) return { changes, next: null }
    const limit = of.limit - changes.length
    const page = await pageIn(pool, { ...of, limit }, runs, after, runs.after)
    changes.push(...page.changes)
    after = page.next
    if (after === null || changes.length >= of.limit) break
  }
  return { changes, next: after }
}

/** How many of the next runs are looked through for a page of one group, before its whole history is. */
const RUNS_OF_GROUP = [30, 300]
const ANY = 2_147_483_647

async function pageOfGroup(pool: Pool, of: ChangePageAsk): Promise<ChangePage> {
  for (const runs of RUNS_OF_GROUP) {
    const next = await nextRuns(pool, of, of.after?.run ?? null, { changes: ANY, runs })
    if (next === null) return { changes: [], next: null }
    const page = await pageIn(pool, of, next, of.after, next.after)
    if (page.changes.length >= of.limit || next.after === null) return page
  }
  const { after } = of
  const rest = of.newestFirst ? { first: 1, last: after?.run ?? ANY } : { first: after?.run ?? 1, last: ANY }
  return pageIn(pool, of, { ...rest, after: null }, after, null)
}

interface Runs {
  readonly first: number
  readonly last: number
  readonly after: number | null
}

async function nextRuns(
  pool: Pool,
  of: ChangePageAsk,
  from: number | null,
  most: { readonly changes: number; readonly runs: number },
): Promise<Runs | null> {
  const sign = of.newestFirst ? -1 : 1
  const { rows } = await pool.query<{ first: number | null; last: number | null; after: number | null }>(
    statement('page-change-runs'),
    [of.source, from, sign, most.changes, timestamp(of.since), most.runs],
  )
  const [row] = rows
  return row === undefined || row.first === null || row.last === null
    ? null
    : { first: row.first, last: row.last, after: row.after }
}

async function pageIn(
  pool: Pool,
  of: ChangePageAsk,
  runs: Runs | null,
  after: ChangePlace | null,
  nextRun: number | null,
): Promise<ChangePage> {
  const sign = of.newestFirst ? -1 : 1
  const place = after === null || after.id === null ? null : after
  const rows = await ask<ChangeRowShown>(pool, 'page-changes', [
    of.source,
    of.groupId,
    of.accountId,
    of.kinds,
    timestamp(of.since),
    timestamp(of.until),
    runs?.first ?? null,
    runs?.last ?? null,
    sign,
    place?.run ?? null,
    place?.about ?? null,
    place?.id ?? null,
    of.limit + 1,
    of.joins === null ? null : of.joins === 'found',
  ])
  const changes = rows.slice(0, of.limit)
  const last = changes.at(-1)
  if (rows.length > of.limit && last !== undefined)
    return { changes, next: { run: last.runId, about: last.about, id: String(last.id) } }
  return { changes, next: nextRun === null ? null : { run: nextRun, about: 0, id: null } }
}
