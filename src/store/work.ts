import type { Pool, PoolClient } from 'pg'
import type { GroupHint } from '../core/group.ts'
import { writeMember } from '../core/member-json.ts'
import type { Ask } from './asks.ts'
import { assertNamesFresh } from './pseudonyms.ts'
import { statement, timestamp } from './statement.ts'
import { inTransaction } from './transaction.ts'

/** The scratch state of runs that workers share. It stands in the database, so that losing the queue costs only time. */

export const PART_KINDS = ['list', 'accounts', 'batch', 'group'] as const
export type PartKind = (typeof PART_KINDS)[number]

export interface PartRef {
  readonly runNo: number
  readonly partNo: number
  readonly kind: PartKind
}

/** What a part holds: enough groups that a job is worth its way through the queue, few enough to be lost in a crash. */
const GROUPS_A_PART = 100
const ACCOUNTS_A_PART = 200

/** What a new run begins with. */
export interface Seeds {
  /** Everything that is known and not dissolved, of these types (null: of all). */
  readonly known: { readonly types: readonly string[] | null } | null
  readonly groups: readonly string[]
  readonly accounts: readonly string[]
  /** The vendor's list of every group. */
  readonly list: boolean
  /** How many were forgotten when the accounts were named; see `assertNamesFresh`. */
  readonly forgets: number
}

/**
 * Opens a run for an ask and deals out its first parts. Null: a sync or a run of the whole source is under way, or the
 * ask has its run already.
 */
export async function openRun(
  pool: Pool,
  sourceNo: number,
  ask: Ask,
  seeds: Seeds,
  startedAt: number,
): Promise<{ readonly runNo: number; readonly parts: readonly PartRef[] } | null> {
  const whole = ask.scope === null
  try {
    return await inTransaction(pool, async (client) => {
      if (whole && !(await lockSource(client, ask.source))) return null
      if (whole) await client.query(statement('work-close-killed'), [sourceNo, timestamp(startedAt)])
      const params = [sourceNo, ask.trigger, timestamp(startedAt), whole, ask.urgent, ask.askNo]
      const { rows } = await client.query<{ run_no: number }>(statement('work-open'), params)
      const [row] = rows
      if (row === undefined) return null
      const runNo = row.run_no
      if (seeds.known !== null) await client.query(statement('work-add-known'), [runNo, sourceNo, seeds.known.types])
      await addGroups(
        client,
        runNo,
        sourceNo,
        seeds.groups.map((groupId) => ({ groupId })),
      )
      if (seeds.accounts.length > 0) await assertNamesFresh(client, sourceNo, seeds.forgets)
      await addAccounts(client, runNo, seeds.accounts)
      if (!whole) await client.query(statement('work-accounts-of'), [runNo, sourceNo, seeds.accounts])
      const list: PartRef[] = seeds.list ? [{ runNo, partNo: 1, kind: 'list' }] : []
      if (seeds.list)
        await client.query("INSERT INTO rollcall.run_part (run_no, part_no, kind) VALUES ($1, 1, 'list')", [runNo])
      return { runNo, parts: [...list, ...(await deal(client, runNo, list.length, list.length > 0))] }
    })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === '23505') return null // another opened it just now
    throw error
  }
}

/** The lock that a sync in one process holds on its source; here for the moment of opening alone. */
async function lockSource(client: PoolClient, source: string): Promise<boolean> {
  const { rows } = await client.query<{ free: boolean }>(
    'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS free',
    [`rollcall source ${source}`],
  )
  return rows[0]?.free === true
}

/** Adds groups to a run, each once. */
export async function addGroups(
  client: PoolClient,
  runNo: number,
  sourceNo: number,
  hints: readonly (GroupHint & { readonly selves?: readonly Parameters<typeof writeMember>[0][] })[],
): Promise<void> {
  if (hints.length === 0) return
  const rows = hints.map(({ groupId, type, memberCount, known, selves }) => ({
    group_id: groupId,
    type: type ?? null,
    member_count: Number.isFinite(memberCount ?? Number.NaN) ? memberCount : null,
    known: known === true,
    self: selves === undefined || selves.length === 0 ? null : selves.map(writeMember),
  }))
  await client.query(statement('work-add-groups'), [runNo, sourceNo, JSON.stringify(rows)])
}

export async function addAccounts(client: PoolClient, runNo: number, accounts: readonly string[]): Promise<void> {
  if (accounts.length > 0) await client.query(statement('work-add-accounts'), [runNo, accounts])
}

/**
 * Deals out what nobody has yet, lists before groups: a group is read when all that lists say of it is known. The run's
 * row is locked by the caller, or is new.
 */
export async function deal(
  client: PoolClient,
  runNo: number,
  partsSoFar: number,
  listing: boolean,
): Promise<readonly PartRef[]> {
  // No statistics know the groups of a new run: the planner takes them for one, and would compare each with each.
  await client.query('SET LOCAL enable_nestloop = off')
  const first = partsSoFar + 1
  const accounts = await dealt(client, runNo, 'work-deal-accounts', first, ACCOUNTS_A_PART)
  if (listing || accounts.length > 0) return accounts
  return dealt(client, runNo, 'work-deal-groups', first, GROUPS_A_PART)
}

async function dealt(
  client: PoolClient,
  runNo: number,
  name: string,
  ...numbers: readonly number[]
): Promise<readonly PartRef[]> {
  const { rows } = await client.query<{ part_no: number; kind: PartKind }>(statement(name), [runNo, ...numbers])
  return rows.map((row) => ({ runNo, partNo: row.part_no, kind: row.kind }))
}

/** How far a run is; its row stays locked for the transaction. Null: it has ended. */
export async function lockRun(
  client: PoolClient,
  runNo: number,
): Promise<{ readonly stopped: string | null; readonly open: number; readonly parts: number } | null> {
  await client.query('SELECT FROM rollcall.run_work WHERE run_no = $1 FOR NO KEY UPDATE', [runNo])
  const { rows } = await client.query<{ stopped: string | null; open: number; parts: number }>(
    statement('work-state'),
    [runNo],
  )
  return rows[0] ?? null
}

/** Whose run this is; null where it is closed. */
export async function runSource(
  pool: Pool,
  runNo: number,
): Promise<{ readonly source: string; readonly sourceNo: number; readonly urgent: boolean } | null> {
  const { rows } = await pool.query<{ source: string; sourceNo: number; urgent: boolean }>(
    'SELECT s.name AS source, s.source_no AS "sourceNo", w.urgent FROM rollcall.run_work w JOIN rollcall.source s USING (source_no) WHERE w.run_no = $1',
    [runNo],
  )
  return rows[0] ?? null
}

/** No further call of this run can succeed: its parts end, and it is finished with what it has. */
export async function stopRun(pool: Pool, runNo: number, reason: string): Promise<void> {
  await pool.query('UPDATE rollcall.run_work SET stopped = coalesce(stopped, $2) WHERE run_no = $1', [runNo, reason])
}

export interface Neglected {
  readonly parts: readonly (PartRef & { readonly urgent: boolean })[]
  readonly ended: readonly { readonly runNo: number; readonly urgent: boolean }[]
}

/** What should stand in the queue and may not; each is given out once in `afterMs`. */
export async function neglectedWork(pool: Pool, afterMs: number): Promise<Neglected> {
  const parts = await pool.query<{ run_no: number; part_no: number; kind: PartKind; urgent: boolean }>(
    statement('work-neglected'),
    [afterMs],
  )
  const ended = await pool.query<{ run_no: number; urgent: boolean }>(statement('work-unfinished'), [afterMs])
  return {
    parts: parts.rows.map((row) => ({ runNo: row.run_no, partNo: row.part_no, kind: row.kind, urgent: row.urgent })),
    ended: ended.rows.map((row) => ({ runNo: row.run_no, urgent: row.urgent })),
  }
}

/** True while workers share a run of the whole source. One that no worker has looked after for long is closed. */
export async function wholeRunOpen(pool: Pool, source: string, patienceMs = 90_000): Promise<boolean> {
  await pool.query(statement('work-abandon'), [source, patienceMs])
  const { rows } = await pool.query<{ open: boolean }>(
    `SELECT EXISTS (SELECT FROM rollcall.run_work w JOIN rollcall.source s USING (source_no)
       WHERE s.name = $1 AND w.whole) AS open`,
    [source],
  )
  return rows[0]?.open === true
}
