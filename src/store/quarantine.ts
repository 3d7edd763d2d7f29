import type { Pool } from 'pg'
import type { Millis } from '../core/member.ts'
import { statement } from './statement.ts'

/** A record that could not be understood: its group is read as partial while it stands. */
export interface Quarantined {
  readonly groupId: string
  readonly accountId: string | null
  readonly field: string
  readonly reason: string
  readonly at: Millis
}

/** The newest records of a source that wait to be understood, and how many there are. */
export async function quarantined(
  pool: Pool,
  source: string,
  most: number,
): Promise<{ readonly total: number; readonly records: readonly Quarantined[] }> {
  const { rows } = await pool.query<{
    group_id: string
    account_id: string | null
    field: string
    reason: string
    at: Date
    total: number
  }>(statement('bad-list'), [source, most])
  const records = rows.map((row) => ({
    groupId: row.group_id,
    accountId: row.account_id,
    field: row.field,
    reason: row.reason,
    at: row.at.getTime(),
  }))
  return { total: rows[0]?.total ?? 0, records }
}

/** Forgets the records of groups that this run has read without them, or met again. */
export async function forgetBad(db: Pick<Pool, 'query'>, runNo: number): Promise<void> {
  await db.query(statement('bad-forget'), [runNo])
}
