import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { COLUMNS, TREATMENTS } from '../../src/store/forget/columns.ts'
import { cloneDatabase } from '../support/database.ts'

const DOC = new URL('../../docs/privacy.md', import.meta.url)

test('every column that could hold something of an account says what forgetting does with it', async () => {
  const { pool } = await cloneDatabase()
  const { rows } = await pool.query<{ place: string }>(
    `SELECT c.relname || '.' || a.attname AS place FROM pg_class c
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     JOIN pg_type t ON t.oid = a.atttypid
     WHERE c.relnamespace = 'rollcall'::regnamespace AND c.relkind IN ('r', 'p', 'm')
       AND (t.typcategory = 'S' OR t.typname IN ('json', 'jsonb', 'bytea', 'xml', 'hstore')
         OR (t.typcategory = 'A' AND t.typname NOT IN ('_int2', '_int4', '_int8', '_float8', '_bool', '_timestamptz')))
     ORDER BY 1`,
  )
  const said = Object.entries(COLUMNS).flatMap(([table, columns]) =>
    Object.keys(columns).map((column) => `${table}.${column}`),
  )
  expect(rows.length).toBeGreaterThan(60)
  expect(said.toSorted()).toEqual(rows.map(({ place }) => place).toSorted())
})

test('docs/privacy.md has the same table', () => {
  const doc = readFileSync(DOC, 'utf8')
  for (const [treatment, says] of Object.entries(TREATMENTS)) {
    const places = Object.entries(COLUMNS).flatMap(([table, columns]) =>
      Object.entries(columns).flatMap(([column, its]) => (its === treatment ? [`\`${table}.${column}\``] : [])),
    )
    if (treatment === 'none') continue
    expect(doc).toContain(`| ${places.join(', ')} | ${says} |`)
  }
})
