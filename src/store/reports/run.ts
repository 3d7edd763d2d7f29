import type { Pool } from 'pg'
import pg from 'pg'
import type { Millis } from '../../core/member.ts'
import { statement, timestamp } from '../statement.ts'
import type { Report, ReportAsk } from './types.ts'

export type CellKind = 'text' | 'number' | 'boolean' | 'time' | 'date' | 'json'
export interface ReportColumn {
  readonly name: string
  readonly kind: CellKind
}
/** Cells as PostgreSQL writes them: times in the zone asked for, numbers in full; null for no value. */
export interface ReportTable {
  readonly columns: readonly ReportColumn[]
  readonly rows: readonly (readonly (string | null)[])[]
  /** Stays of the source that ended before this moment are kept no more, nor counted; null: all are. */
  readonly keptFrom?: Millis | null
}

const NUMBERS = new Set<number>([20, 21, 23, 700, 701, 1700])
const KINDS = new Map<number, CellKind>([
  [16, 'boolean'],
  [1184, 'time'],
  [1082, 'date'],
  [114, 'json'],
  [3802, 'json'],
])

/** Runs one report in a transaction that cannot write. */
export async function runReport(pool: Pool, report: Report, ask: ReportAsk): Promise<ReportTable> {
  const { text, values } = bind(report.sql, ask)
  const client = await pool.connect()
  try {
    await client.query('BEGIN READ ONLY')
    await client.query(
      `SELECT set_config('TimeZone', $1, true), set_config('DateStyle', 'ISO, YMD', true), set_config('IntervalStyle', 'postgres', true)`,
      [ask.zone],
    )
    const { fields, rows } = await client.query<(string | null)[]>({ text, values, rowMode: 'array', types: AS_TEXT })
    const kept = await client.query<{ history_from: Date }>(statement('retain-kept'), [ask.source])
    const keptFrom = kept.rows[0]?.history_from.getTime() ?? null
    return { keptFrom, columns: fields.map(({ name, dataTypeID }) => ({ name, kind: kindOf(dataTypeID) })), rows }
  } finally {
    await client.query('ROLLBACK').catch(() => null) // the connection may be gone
    client.release()
  }
}

const AS_TEXT: pg.CustomTypesConfig = { getTypeParser: () => (value: string) => value }
const kindOf = (oid: number): CellKind => (NUMBERS.has(oid) ? 'number' : (KINDS.get(oid) ?? 'text'))

/** `:name` → `$1`: the text that is sent, and its values. A cast (`::date`) is no name. */
export function bind(sql: string, ask: ReportAsk): { text: string; values: unknown[] } {
  const values: unknown[] = []
  const places = new Map<string, number>()
  const known = valuesOf(ask)
  const text = sql.replaceAll(/(?<!:):([a-z_]+)/g, (_, name: string) => {
    const value = known[name]
    if (value === undefined) throw new RangeError(`a report asks for :${name}, which nobody gives`)
    if (!places.has(name)) places.set(name, values.push(value.is))
    return `$${places.get(name) ?? 0}::${value.as}`
  })
  return { text, values }
}

/** The parameters of a report, typed, so that PostgreSQL never has to guess. */
function valuesOf(ask: ReportAsk): Record<string, { as: string; is: unknown }> {
  return {
    source: { as: 'text', is: ask.source },
    group: { as: 'text', is: ask.group },
    other: { as: 'text', is: ask.other },
    account: { as: 'text', is: ask.account },
    since: { as: 'timestamptz', is: timestamp(ask.since) },
    until: { as: 'timestamptz', is: timestamp(ask.until) },
    since_day: { as: 'date', is: dayIn(ask.zone, ask.since) },
    until_day: { as: 'date', is: dayAfter(dayIn(ask.zone, ask.until - 1)) },
    at: { as: 'timestamptz', is: timestamp(ask.at) },
    zone: { as: 'text', is: ask.zone },
    by: { as: 'text', is: ask.by },
    step: { as: 'text', is: ask.step },
    days: { as: 'integer', is: ask.days },
    most: { as: 'integer', is: ask.most },
  }
}

/** The calendar day of a moment in a zone: `dayIn('Asia/Shanghai', Date.UTC(2026, 0, 1, 20))` → `2026-01-02`. */
export function dayIn(zone: string, at: number): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
  return parts.format(new Date(at))
}

const dayAfter = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
