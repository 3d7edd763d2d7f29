import type { Pool, PoolClient } from 'pg'
import type { Millis } from '../core/member.ts'
import { addAsk } from './asks.ts'
import { statement } from './statement.ts'
import { inTransaction } from './transaction.ts'

/** A group that a webhook said to look at, and what it said of accounts. */
export interface StoredHint {
  /** Names of the group: the first that is known counts, the last where none is. */
  readonly groupIds: readonly string[]
  readonly moves: readonly { readonly accountId: string; readonly kind: 'joined' | 'left'; readonly at: Millis }[]
}

/**
 * Notes groups to look at. False, and nothing noted, where an account was forgotten since `forgets` was read: the moves
 * may name it. Null: whoever calls keeps everybody by name.
 */
export async function addHints(
  pool: Pool,
  sourceNo: number,
  hints: readonly StoredHint[],
  forgets: number | null = null,
): Promise<boolean> {
  const rows = hints.map(({ groupIds, moves }) => ({
    ids: groupIds,
    moves: moves.map(({ accountId, kind, at }) => ({ account: accountId, kind, at })),
  }))
  const { rowCount } = await pool.query(statement('hints-add'), [sourceNo, JSON.stringify(rows), forgets])
  return hints.length === 0 || (rowCount ?? 0) > 0
}

/** At once under way for one source: a slow look holds up no other, and a flood of events does not become one of runs. */
const LOOKS_AT_ONCE = 4
const GROUPS_A_LOOK = 1_000

/** Makes an ask of the groups to look at; null where there are none, or enough is under way. */
export async function askForHints(pool: Pool, sourceNo: number): Promise<number | null> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ group_id: string; moves: readonly object[] }>(statement('hints-take'), [
      sourceNo,
      LOOKS_AT_ONCE,
      GROUPS_A_LOOK,
    ])
    if (rows.length === 0) return null
    const scope = { groups: rows.map((row) => row.group_id), accounts: [] }
    const askNo = await addAsk(client, sourceNo, { trigger: 'webhook', scope, urgent: true })
    const moves = rows.flatMap((row) => row.moves.map((move) => ({ group: row.group_id, ...move })))
    await client.query(statement('hint-moves-keep'), [askNo, JSON.stringify(moves)])
    return askNo
  })
}

/** Whether groups of a source still wait to be looked at. */
export async function hintsWait(pool: Pool, sourceNo: number): Promise<boolean> {
  const { rows } = await pool.query('SELECT FROM rollcall.hint WHERE source_no = $1 LIMIT 1', [sourceNo])
  return rows.length > 0
}

/** The sources with groups that have waited so long to be looked at. */
export async function neglectedHints(
  pool: Pool,
  afterMs: Millis,
): Promise<readonly { name: string; sourceNo: number }[]> {
  const { rows } = await pool.query<{ name: string; source_no: number }>(statement('hints-neglected'), [afterMs])
  return rows.map((row) => ({ name: row.name, sourceNo: row.source_no }))
}

/** The vendor's clock may be off by so much against ours. */
const CLOCKS_APART_MS = 5_000

export async function boundByHints(client: PoolClient, runNo: number): Promise<void> {
  await client.query(statement('hint-moves-bound'), [runNo, CLOCKS_APART_MS])
}
