import { UsageError } from '../../core/errors.ts'
import { type Line, linesOf } from './lines.ts'
import { type RawRecord, RecordFault } from './record.ts'
import { timelineRecords } from './timeline.ts'

export const IMPORT_FORMATS = ['csv', 'jsonl', 'timeline'] as const
export type ImportFormat = (typeof IMPORT_FORMATS)[number]

/** What a file is, by its first lines. */
export async function formatOf(path: string): Promise<ImportFormat> {
  let seen = 0
  for await (const { text } of linesOf(path)) {
    if (text.trim() === '') continue
    if (!text.replace(/^\ufeff/, '').startsWith('{')) return seen === 0 ? 'csv' : 'jsonl'
    // The first line of a timeline is a header; the second has what happened.
    if (/"op"\s*:/.test(text)) return 'timeline'
    if ((seen += 1) === 2) return 'jsonl'
  }
  if (seen === 0) throw new UsageError(`${path} is empty: there is nothing to import`)
  return 'jsonl'
}

/** The records of a file, one at a time. Throws RecordFault at the first that its format does not allow. */
export function recordsOf(path: string, format: ImportFormat): AsyncGenerator<RawRecord> {
  const lines = linesOf(path)
  switch (format) {
    case 'csv':
      return csvRecords(lines)
    case 'jsonl':
      return jsonRecords(lines)
    case 'timeline':
      return timelineRecords(objects(lines))
  }
}

/** RFC 4180 with a header row; a cell in quotes may hold line ends. */
async function* csvRecords(lines: AsyncIterable<Line>): AsyncGenerator<RawRecord> {
  let head: readonly string[] | null = null
  for await (const { line, text } of wholeRows(lines)) {
    if (text.trim() === '') continue
    const cells = cellsOf(text, line)
    if (head === null) {
      head = cells.map((cell) => cell.replace(/^\ufeff/, '').trim())
      continue
    }
    if (cells.length !== head.length)
      throw new RecordFault(line, `has ${cells.length} cells, the header ${head.length}: quote cells that hold commas`)
    yield { line, fields: Object.fromEntries(head.map((name, n) => [name, cells[n]])) }
  }
}

async function* wholeRows(lines: AsyncIterable<Line>): AsyncGenerator<Line> {
  let open: Line | null = null
  for await (const { line, text } of lines) {
    const row: Line = open === null ? { line, text } : { line: open.line, text: `${open.text}\n${text}` }
    open = row.text.split('"').length % 2 === 0 ? row : null
    if (open === null) yield row
    else if (row.text.length > 1_000_000) throw new RecordFault(row.line, 'has a quote that is never closed')
  }
  if (open !== null) throw new RecordFault(open.line, 'has a quote that is never closed')
}

function cellsOf(text: string, line: number): string[] {
  if (!text.includes('"')) return text.split(',')
  const cells = [...text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))(?=,|$)/g)]
  const length = cells.reduce((sum, [whole]) => sum + whole.length, 0)
  if (length !== text.length) throw new RecordFault(line, 'is no CSV: a quote inside a cell is written twice')
  return cells.map(([, quoted, plain]) => (quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"')))
}

/** A row a line, or a whole snapshot a line: `{"group", "taken_at", "members": ["a", {"account": "b", "role": "admin"}]}`. */
async function* jsonRecords(lines: AsyncIterable<Line>): AsyncGenerator<RawRecord> {
  for await (const { line, fields } of objects(lines)) {
    const { members, ...rest } = fields
    if (members === undefined) {
      yield { line, fields }
      continue
    }
    if (!Array.isArray(members)) throw new RecordFault(line, 'members is no list')
    const count = rest['count'] ?? members.length
    if (members.length === 0) yield { line, fields: { ...rest, count } }
    for (const member of members as readonly unknown[]) {
      const own = isFields(member) ? member : { account: member }
      yield { line, fields: { ...rest, count, ...own } }
    }
  }
}

async function* objects(lines: AsyncIterable<Line>): AsyncGenerator<RawRecord> {
  for await (const { line, text } of lines) {
    if (text.trim() === '') continue
    yield { line, fields: parsed(line === 1 ? text.replace(/^\ufeff/, '') : text, line) }
  }
}

function parsed(text: string, line: number): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    if (isFields(value)) return value
  } catch {
    throw new RecordFault(line, 'is no JSON')
  }
  throw new RecordFault(line, 'is no object: one { … } a line')
}

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
