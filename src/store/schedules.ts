import type { Pool, PoolClient } from 'pg'
import { millis, statement, timestamp } from './statement.ts'

export interface Schedule {
  readonly source: string
  /** Cron, five fields. */
  readonly pattern: string
  /** IANA. */
  readonly timezone: string
}

export interface AppliedSchedule extends Schedule {
  readonly appliedAt: number
  /** The newest tick that somebody took. */
  readonly tickAt: number | null
  readonly skippedAt: number | null
}

/** Makes the stored schedules equal to these. */
export async function applySchedules(pool: Pool, schedules: readonly Schedule[]): Promise<void> {
  await pool.query(statement('schedule-apply'), [JSON.stringify(schedules)])
}

export async function storedSchedules(pool: Pool): Promise<readonly AppliedSchedule[]> {
  const { rows } = await pool.query<{
    source: string
    pattern: string
    timezone: string
    applied_at: Date
    tick_at: Date | null
    skipped_at: Date | null
  }>('SELECT source, pattern, timezone, applied_at, tick_at, skipped_at FROM rollcall.schedule ORDER BY source')
  return rows.map((row) => ({
    source: row.source,
    pattern: row.pattern,
    timezone: row.timezone,
    appliedAt: row.applied_at.getTime(),
    tickAt: millis(row.tick_at),
    skippedAt: millis(row.skipped_at),
  }))
}

/** True for the first who comes with this tick or a later one; one taken for a moment after `stray` does not count. */
export async function takeTick(
  pool: Pool | PoolClient,
  source: string,
  tickAt: number,
  stray: number,
): Promise<boolean> {
  const { rows } = await pool.query(statement('schedule-take'), [source, timestamp(tickAt), timestamp(stray)])
  return rows.length > 0
}

export async function noteSkipped(pool: Pool | PoolClient, source: string, tickAt: number): Promise<void> {
  await pool.query('UPDATE rollcall.schedule SET skipped_at = $2 WHERE source = $1', [source, timestamp(tickAt)])
}
