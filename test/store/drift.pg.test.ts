import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { schemaFile } from '../../src/store/root.ts'
import { cloneDatabase } from '../support/database.ts'
import { diffToSchema } from './drift-engine.ts'

// What Prisma cannot express stands in the migrations alone, so there is no second place from which it could drift:
// views, functions, triggers, CHECK constraints, conditions of indexes, storage parameters.
const schema = readFileSync(schemaFile, 'utf8')

test('after the migrations the database is what prisma/schema.prisma says, by the judgement of Prisma itself', async () => {
  const { url } = await cloneDatabase()
  expect(await diffToSchema(url, schema)).toBe('')
})

const CHANGES: readonly [string, string][] = [
  ['a column more', 'ALTER TABLE rollcall.source ADD COLUMN extra text'],
  ['a column less', 'ALTER TABLE rollcall.bad_record DROP COLUMN at'],
  ['another type', 'ALTER TABLE rollcall.bad_record ALTER COLUMN at TYPE timestamptz(3)'],
  ['null allowed', 'ALTER TABLE rollcall.bad_record ALTER COLUMN at DROP NOT NULL'],
  ['a default more', `ALTER TABLE rollcall.source ALTER COLUMN vendor SET DEFAULT 'x'`],
  ['the shared sequence lost', 'ALTER TABLE rollcall.member_edit ALTER COLUMN id DROP DEFAULT'],
  ['a table more', 'CREATE TABLE rollcall.extra (id int PRIMARY KEY)'],
  ['an index less', 'DROP INDEX rollcall.member_account_id_idx'],
  ['a unique index less', 'DROP INDEX rollcall.source_name_key'],
  ['a foreign key less', 'ALTER TABLE rollcall.run DROP CONSTRAINT run_source_no_fkey'],
  ['a value of an enum more', `ALTER TYPE rollcall.edit_kind ADD VALUE 'extra'`],
]

test.each(CHANGES)('drift is seen: %s', async (_, change) => {
  const { url, pool } = await cloneDatabase()
  await pool.query(change)
  expect(await diffToSchema(url, schema)).not.toBe('')
})
