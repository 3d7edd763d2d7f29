import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EXPORTS, exportCsv, type ExportName, exportViews } from '../../src/store/export.ts'
import { type Book, createBook } from './book.ts'
import { LAST_READ, STORY } from './handmade.ts'

const folder = mkdtempSync(join(tmpdir(), 'rollcall-export-'))
const NAMES = Object.keys(EXPORTS).filter((name): name is ExportName => Object.hasOwn(EXPORTS, name))
let book: Book

beforeAll(async () => {
  book = await createBook()
  await book.play(STORY)
  const [muted, named] = ['ann', 'dan']
  book.setMember('hall', muted, { mutedUntil: Number.POSITIVE_INFINITY })
  book.setMember('hall', named, { nameCard: 'Dan, "the\nman" 喵', attributes: { badge: ['a', 1, null] } })
  await book.sync(LAST_READ, book.groups.keys())
}, 60_000)
afterAll(async () => {
  await book[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

/** Columns as texts that both databases write alike; each with the sum of a hash over the rows, which no order changes. */
const COLUMNS = `SELECT column_name AS name, data_type AS type FROM information_schema.columns
  WHERE table_schema = 'rollcall' AND table_name = $1 ORDER BY ordinal_position`

async function inPostgres(name: string): Promise<string[]> {
  const { rows: columns } = await book.pool.query<{ name: string; type: string }>(COLUMNS, [name])
  const shown = columns.map(({ name: column, type }) =>
    type === 'timestamp with time zone'
      ? `(extract(epoch FROM CASE WHEN "${column}" = 'infinity' THEN '9999-12-31T23:59:59.999Z' ELSE "${column}" END) * 1000)::bigint::text`
      : `"${column}"::text`,
  )
  const { rows } = await book.pool.query<{ line: string }>(
    `SELECT md5(concat_ws('|', ${shown.map((text) => `coalesce(${text}, '<null>')`).join(', ')})) AS line FROM rollcall.${name}`,
  )
  return rows.map(({ line }) => line).toSorted()
}

async function inDuck(name: string, from: string): Promise<string[]> {
  const { rows: columns } = await book.pool.query<{ name: string; type: string }>(COLUMNS, [name])
  const shown = columns.map(({ name: column, type }) =>
    type === 'timestamp with time zone'
      ? `CAST(CASE WHEN CAST("${column}" AS VARCHAR) = 'infinity' THEN epoch_ms(TIMESTAMPTZ '9999-12-31 23:59:59.999+00') ELSE epoch_ms("${column}") END AS VARCHAR)`
      : `CAST("${column}" AS VARCHAR)`,
  )
  const duck = await DuckDBInstance.create(':memory:')
  const connection = await duck.connect()
  try {
    const answer = await connection.runAndReadAll(
      `SELECT md5(concat_ws('|', ${shown.map((text) => `coalesce(${text}, '<null>')`).join(', ')})) AS line FROM ${from}`,
    )
    return answer
      .getRows()
      .map(([line]) => String(line))
      .toSorted()
  } finally {
    connection.closeSync()
    duck.closeSync()
  }
}

const typed = async (name: string): Promise<string> => {
  const { rows } = await book.pool.query<{ name: string; type: string }>(COLUMNS, [name])
  const words: Record<string, string> = {
    'timestamp with time zone': 'TIMESTAMPTZ',
    boolean: 'BOOLEAN',
    integer: 'INTEGER',
    bigint: 'BIGINT',
  }
  return rows.map((column) => `'${column.name}': '${words[column.type] ?? 'VARCHAR'}'`).join(', ')
}

test.each(['parquet', 'csv'] as const)('%s into DuckDB: equal counts and equal rows', async (format) => {
  const ask = { names: NAMES, format, source: null, file: (name: string) => join(folder, `${name}.${format}`) }
  let files = 0
  for await (const { name, file, rows } of exportViews(book.pool, ask)) {
    const truth = await inPostgres(name)
    expect(rows).toBe(truth.length)
    const from =
      format === 'parquet'
        ? `'${file}'`
        : `read_csv('${file}', header = true, columns = {${await typed(name)}}, nullstr = '', allow_quoted_nulls = false)`
    expect(await inDuck(name, from), `${name} as ${format}`).toEqual(truth)
    files += 1
  }
  expect(files).toBe(NAMES.length)
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([])
})

test('one source, as text; a reader that goes away ends it', async () => {
  const texts: string[] = []
  const take = async (text: string) => texts.push(text) > 0
  expect(await exportCsv(book.pool, 'current_groups', 'acme', take)).toBe(5)
  expect(texts.join('').split('\n')[0]).toMatch(/^source,group_id,type/)
  expect(await exportCsv(book.pool, 'current_groups', "o'ther", take)).toBe(0)
  await exportCsv(book.pool, 'member_changes', null, async () => false)
  expect((await book.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
})
