import type { Pool } from 'pg'

export type Row = Readonly<Record<string, unknown>>

/** Rows as JSON, so that a count is a number and a date a text; the columns that say how far to trust are left out. */
export async function ask(pool: Pool, sql: string, values: readonly unknown[] = []): Promise<Row[]> {
  const { rows } = await pool.query<{ row: Row }>(
    `SELECT to_jsonb(x) - ARRAY['newest_read', 'stale_share', 'held_leaves', 'stale'] AS row FROM (${sql}) x`,
    [...values],
  )
  return rows.map(({ row }) => row)
}

/** Only some fields of each row. */
export const only = (rows: readonly Row[], ...keys: readonly string[]): Row[] =>
  rows.map((row) => Object.fromEntries(keys.map((key) => [key, row[key]])))

/** A moment in seconds, as the stories count; Infinity where there is none. */
export const seconds = (time: unknown): number =>
  typeof time === 'string' ? Date.parse(time) / 1000 : Number.POSITIVE_INFINITY

export const moment = (t: number): string => new Date(t * 1000).toISOString()
/** Rows in an order of their own, whatever the order of their fields, to compare sets. */
export const sorted = <T>(rows: readonly T[]): T[] => rows.toSorted((a, b) => (canonical(a) < canonical(b) ? -1 : 1))
const canonical = (value: unknown): string =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? JSON.stringify(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : JSON.stringify(value)
