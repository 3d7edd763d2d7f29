import type { Pool } from 'pg'
import type { Evidence } from '../core/evidence.ts'
import { type ChangeRow, changeFromRow } from './queries.ts'
import { millis, statement } from './statement.ts'

interface Row extends ChangeRow {
  readonly vendor: string
  readonly trigger: string | null
  readonly started_at: Date
  readonly finished_at: Date | null
  readonly verdict: string | null
  readonly calls: Readonly<Record<string, number>>
  readonly outcome: string | null
  readonly vendor_count: number | null
  readonly rows_read: number
  readonly passes: number
  readonly read_calls: number
  readonly reason: string | null
  readonly began_at: Date
  readonly ended_at: Date
  readonly before_run: number | null
  readonly before_outcome: string
  readonly before_rows: number
  readonly returned: boolean
  readonly dissolved: boolean
}

/** What stands behind a change, by its id in `member_changes` or `group_changes`; null where there is no such change. */
export async function evidenceOf(pool: Pool, id: string, about: 'member' | 'group'): Promise<Evidence | null> {
  const { rows } = await pool.query<Row>(statement('explain-change'), [id, about])
  const [row] = rows
  if (row === undefined) return null
  return {
    change: changeFromRow(row),
    vendor: row.vendor,
    returned: row.returned,
    dissolved: row.dissolved,
    run:
      row.trigger === null || row.run_id === null
        ? null
        : {
            id: row.run_id,
            trigger: row.trigger,
            verdict: row.verdict,
            startedAt: row.started_at.getTime(),
            finishedAt: millis(row.finished_at),
            calls: row.calls,
          },
    read:
      row.outcome === null
        ? null
        : {
            outcome: row.outcome,
            vendorCount: row.vendor_count,
            rowsRead: row.rows_read,
            passes: row.passes,
            calls: row.read_calls,
            reason: row.reason,
            beganAt: row.began_at.getTime(),
            endedAt: row.ended_at.getTime(),
          },
    before:
      row.before_run === null
        ? null
        : { runId: row.before_run, outcome: row.before_outcome, rowsRead: row.before_rows },
  }
}
