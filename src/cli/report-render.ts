import type { Report, ReportAsk } from '../store/reports/types.ts'
import type { ReportColumn, ReportTable } from '../store/reports/run.ts'
import { bar, resample, sparkline } from './chart.ts'
import { clean, counted, table } from './format.ts'

/** Every answer says how far it can be trusted. Below the table it is said once, in words. */
const TRUST = ['newest_read', 'stale_share', 'held_leaves'] as const
const BAR = 20

/** A report for a terminal: its question, a line or bars where they help, the rows, and how far they can be trusted. */
export function renderReport(
  report: Report,
  { columns, rows }: ReportTable,
  ask: ReportAsk,
  { width }: { readonly width: number },
): string {
  const head = `${report.asks}\n${ask.source}${ask.group === null ? '' : ` · ${clean(ask.group)}`} · times in ${ask.zone}`
  if (rows.length === 0) return `${head}\n\nNothing.\n`
  const same = TRUST.map((name) => columns.findIndex((column) => column.name === name))
  const said = same.every((place) => place >= 0 && rows.every((row) => row[place] === rows[0]?.[place]))
  const shown = columns
    .map((column, place) => ({ column, place }))
    .filter(({ place }) => !(said && same.includes(place)))
  const drawn = drawing(report, columns, rows, width)
  const body = table(
    [
      ...shown.map(({ column }) => ({
        head: column.name,
        align: column.kind === 'number' ? ('right' as const) : ('left' as const),
      })),
      ...(drawn.bars === null ? [] : [{ head: '' }]),
    ],
    rows.map((row, line) => [
      ...shown.map(({ column, place }) => cell(column, row[place] ?? null)),
      ...(drawn.bars === null ? [] : [drawn.bars[line] ?? '']),
    ]),
  )
  const parts = [
    head,
    ...(drawn.line === null ? [] : [drawn.line]),
    body,
    ...(said ? [trust(rows[0] ?? [], same)] : []),
  ]
  return `${parts.join('\n\n')}\n${counted(rows.length, 'row')}\n`
}

function drawing(
  { draws }: Report,
  columns: readonly ReportColumn[],
  rows: ReportTable['rows'],
  width: number,
): { line: string | null; bars: readonly string[] | null } {
  const place = columns.findIndex((column) => column.name === draws?.of)
  if (draws === undefined || place < 0) return { line: null, bars: null }
  const values = rows.map((row) => Number(row[place] ?? 0))
  if (draws.as === 'sparkline') {
    const points = values.length > width ? resample(values, width) : values
    return { line: rows.length < 2 ? null : sparkline(points), bars: null }
  }
  const most = Math.max(...values.map(Math.abs))
  return { line: null, bars: values.map((value) => bar(Math.abs(value), most, BAR)) }
}

function trust(row: readonly (string | null)[], [read = 0, stale = 0, held = 0]: readonly number[]): string {
  const newest = row[read] ?? null
  const share = Number(row[stale] ?? 0) * 100
  const lines = [
    `Newest complete read: ${newest === null ? 'none yet' : time(newest)}. Groups without one in 24 h: ${Number(share.toFixed(1))} %.`,
  ]
  if (Number(row[held] ?? 0) > 0)
    lines.push(`${counted(Number(row[held]), 'leave')} held back: see "rollcall held list".`)
  return lines.join('\n')
}

function cell({ kind }: ReportColumn, value: string | null): string {
  if (value === null) return ''
  if (kind === 'time') return time(value)
  if (kind === 'boolean') return value === 't' ? 'yes' : 'no'
  return clean(value)
}

/** `2026-01-02 03:04:05.678+08` → `2026-01-02 03:04:05`. The zone stands above. */
const time = (value: string): string => value.replace(/^(\S+ \d\d:\d\d:\d\d).*$/, '$1')

/** RFC 4180. Times in ISO form with their offset, in the zone asked for. */
export function reportCsv({ columns, rows }: ReportTable): string {
  const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const line = (cells: readonly string[]): string => `${cells.map(quoted).join(',')}\r\n`
  const values = rows.map((row) => line(columns.map((column, place) => csvCell(column, row[place] ?? null))))
  return line(columns.map((column) => column.name)) + values.join('')
}

function csvCell({ kind }: ReportColumn, value: string | null): string {
  if (value === null) return ''
  if (kind === 'boolean') return value === 't' ? 'true' : 'false'
  return kind === 'time' ? isoTime(value) : value
}

/** A JSON array of objects, columns as they are called in SQL; times in UTC. */
export function reportJson({ columns, rows }: ReportTable): string {
  const objects = rows.map((row) =>
    Object.fromEntries(columns.map((column, place) => [column.name, jsonCell(column, row[place] ?? null)])),
  )
  return `${JSON.stringify(objects)}\n`
}

function jsonCell({ kind }: ReportColumn, value: string | null): unknown {
  if (value === null) return null
  switch (kind) {
    case 'number':
      return Number(value)
    case 'boolean':
      return value === 't'
    case 'json':
      return JSON.parse(value)
    case 'time':
      return value.endsWith('infinity') ? value : new Date(isoTime(value)).toISOString()
    default:
      return value
  }
}

/** `2026-01-02 03:04:05.678+08` → `2026-01-02T03:04:05.678+08:00`. */
const isoTime = (value: string): string =>
  value
    .replace(' ', 'T')
    .replace(/([+-]\d\d)(?::?(\d\d))?$/, (_, hours: string, minutes = '00') => `${hours}:${minutes}`)
