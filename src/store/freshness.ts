import type { Pool } from 'pg'
import type { RoundCost } from '../core/freshness.ts'
import type { Millis } from '../core/member.ts'
import { statement } from './statement.ts'

/** The groups of a source that most need a read, the neediest first; none while scheduled work of it is under way. */
export async function groupsDue(pool: Pool, source: string, targetMs: Millis, most: number): Promise<string[]> {
  const { rows } = await pool.query<{ group_id: string }>(statement('freshness-due'), [source, targetMs, most])
  return rows.map((row) => row.group_id)
}

/** The calls of the newest run that read nearly all of a source; null where there was none. */
export async function roundCost(pool: Pool, source: string): Promise<RoundCost | null> {
  const { rows } = await pool.query<{ calls: Record<string, number>; groups: number }>(statement('round-cost'), [
    source,
  ])
  return rows[0] ?? null
}
