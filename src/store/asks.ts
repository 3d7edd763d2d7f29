import type { Pool, PoolClient } from 'pg'
import { statement } from './statement.ts'

/** Which groups; null for everything the source discovers and knows. */
export type AskScope = { readonly groups: readonly string[]; readonly accounts: readonly string[] } | null

export interface Ask {
  readonly askNo: number
  readonly source: string
  readonly trigger: 'schedule' | 'manual' | 'webhook'
  readonly scope: AskScope
  readonly urgent: boolean
  readonly runNo: number | null
  readonly ended: boolean
  readonly note: string | null
}

interface AskRow {
  ask_no: number
  source: string
  trigger: Ask['trigger']
  scope: string
  urgent: boolean
  run_no: number | null
  ended: boolean
  note: string | null
}

const WHOLE = 'all'

/** Writes down what somebody wants; the same ask that waits already is asked for anew instead. Returns its number. */
export async function addAsk(
  pool: Pool | PoolClient,
  sourceNo: number,
  ask: { readonly trigger: Ask['trigger']; readonly scope: AskScope; readonly urgent: boolean },
): Promise<number> {
  const { rows } = await pool.query<{ ask_no: number }>(statement('ask-add'), [
    sourceNo,
    ask.trigger,
    scopeText(ask.scope),
    ask.urgent,
  ])
  return rows[0]?.ask_no ?? 0
}

/** The same groups and accounts in any order, named once or twice, are the same ask. */
function scopeText(scope: AskScope): string {
  if (scope === null) return WHOLE
  const inOrder = (ids: readonly string[]) => [...new Set(ids)].sort()
  return JSON.stringify({ groups: inOrder(scope.groups), accounts: inOrder(scope.accounts) })
}

/** Asks that name an account name its pseudonym from now on. Returns how many they were. */
export async function renameInAsks(
  client: PoolClient,
  { sourceNo, accountId, pseudonym }: { sourceNo: number; accountId: string; pseudonym: string },
): Promise<number> {
  const { rows } = await client.query<{ ask_no: number; scope: string }>(statement('asks-naming'), [
    sourceNo,
    accountId,
  ])
  for (const { ask_no: askNo, scope } of rows) {
    const { groups, accounts } = JSON.parse(scope) as Exclude<AskScope, null>
    const kept = accounts.map((account) => (account === accountId ? pseudonym : account))
    await client.query(statement('forget-asks'), [askNo, scopeText({ groups, accounts: kept })])
  }
  return rows.length
}

export async function readAsk(pool: Pool, askNo: number): Promise<Ask | null> {
  const { rows } = await pool.query<AskRow>(statement('ask-read'), [askNo])
  const [row] = rows
  return row === undefined ? null : fromRow(row)
}

function fromRow(row: AskRow): Ask {
  return {
    askNo: row.ask_no,
    source: row.source,
    trigger: row.trigger,
    scope: row.scope === WHOLE ? null : (JSON.parse(row.scope) as Exclude<AskScope, null>),
    urgent: row.urgent,
    runNo: row.run_no,
    ended: row.ended,
    note: row.note,
  }
}

/**
 * Ends an ask that needs no run of its own: `runNo` is the run that has answered it, if one has. False where it has ended
 * already, or was asked for anew since its groups were read.
 */
export async function endAsk(
  pool: Pool,
  askNo: number,
  note: string,
  answer: { readonly runNo: number; readonly groups: readonly string[] } | null,
): Promise<boolean> {
  const { rows } = await pool.query(statement('ask-end'), [askNo, note, answer?.runNo ?? null, answer?.groups ?? null])
  return rows.length > 0
}

/** The run whose complete reads of all these groups began after the ask; null where there is none. */
export async function answeredBy(pool: Pool, askNo: number, groups: readonly string[]): Promise<number | null> {
  const { rows } = await pool.query<{ run_no: number | null }>(statement('ask-answered'), [askNo, groups])
  return rows[0]?.run_no ?? null
}

/** Asks for which a job should stand in the queue and may not: each is given out once in `afterMs`. */
export async function neglectedAsks(
  pool: Pool,
  afterMs: number,
): Promise<{ readonly askNo: number; readonly urgent: boolean }[]> {
  const { rows } = await pool.query<{ ask_no: number; urgent: boolean }>(statement('asks-neglected'), [afterMs])
  return rows.map((row) => ({ askNo: row.ask_no, urgent: row.urgent }))
}

/** What waits for the end of a run of this source: an ask for the whole of it. */
export async function waitingAsks(
  pool: Pool,
  sourceNo: number,
): Promise<{ readonly askNo: number; readonly urgent: boolean }[]> {
  const { rows } = await pool.query<{ ask_no: number; urgent: boolean }>(statement('asks-waiting'), [sourceNo])
  return rows.map((row) => ({ askNo: row.ask_no, urgent: row.urgent }))
}
