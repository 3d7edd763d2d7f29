import type { Pool } from 'pg'
import type { Change } from '../core/change.ts'
import { changeFromRow, type ChangeRow } from './queries.ts'
import { statement } from './statement.ts'

/** How far the answer to an ask is. */
export interface AskProgress {
  readonly runNo: number | null
  readonly ended: boolean
  readonly note: string | null
  readonly groups: number
  readonly done: number
  readonly members: number
  readonly calls: number
}

export async function askProgress(pool: Pool, askNo: number): Promise<AskProgress | null> {
  const { rows } = await pool.query<Omit<AskProgress, 'runNo'> & { run_no: number | null }>(
    statement('work-progress'),
    [askNo],
  )
  const [row] = rows
  if (row === undefined) return null
  const { run_no, ...rest } = row
  return { ...rest, runNo: run_no }
}

/** The changes that a run found; of some groups alone where they are named. */
export async function changesOfRun(pool: Pool, runNo: number, groups: readonly string[] | null): Promise<Change[]> {
  const { rows } = await pool.query<ChangeRow>(statement('run-changes'), [runNo, groups])
  return rows.map(changeFromRow)
}
