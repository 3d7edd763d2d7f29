import type { Pool, PoolClient } from 'pg'
import { millis, statement, timestamp } from './statement.ts'

/** The vendor's word that a group is gone, in a run that workers share. */
export interface GoneWord {
  readonly groupId: string
  readonly beganAt: number
  readonly endedAt: number
  readonly reason: string | null
}

/** Keeps the words until the run ends; the groups count as partly read until then. */
export async function addGone(client: PoolClient, runNo: number, words: readonly GoneWord[]): Promise<void> {
  const rows = words.map(({ groupId, beganAt, endedAt, reason }) => ({
    group_id: groupId,
    began_at: timestamp(beganAt),
    ended_at: timestamp(endedAt),
    reason,
    outcome: 'partial',
    rows_read: 0,
    joined: 0,
    left: 0,
    changed: 0,
    unchanged: false,
    problem: `group ${groupId}: gone by the vendor's word, and the run ended before that could be judged`,
  }))
  await client.query(statement('gone-add'), [runNo, JSON.stringify(rows)])
  await client.query(statement('part-wrote'), [runNo, JSON.stringify(rows)])
}

/** The words of a run whose reading has ended; none while parts are open, or where the run was stopped. */
export async function goneWords(
  pool: Pool,
  runNo: number,
): Promise<{ readonly source: string; readonly sourceNo: number; readonly words: readonly GoneWord[] } | null> {
  const { rows } = await pool.query<{
    source: string
    source_no: number
    group_id: string
    began_at: Date
    ended_at: Date
    reason: string | null
  }>(statement('gone-words'), [runNo])
  const [first] = rows
  if (first === undefined) return null
  const words = rows.map((row) => ({
    groupId: row.group_id,
    beganAt: millis(row.began_at) ?? 0,
    endedAt: millis(row.ended_at) ?? 0,
    reason: row.reason,
  }))
  return { source: first.source, sourceNo: first.source_no, words }
}
