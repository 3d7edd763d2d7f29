import { readFileSync } from 'node:fs'
import type pg from 'pg'
import { expect, test } from 'vitest'
import { migrate, pendingMigrations } from '../../src/store/migrate.ts'
import { readMigrations } from '../../src/store/migrate-files.ts'
import { migrationsFolder, schemaFile } from '../../src/store/root.ts'
import { cloneDatabase } from '../support/database.ts'
import { prismaDeploy } from './drift-engine.ts'

const schema = readFileSync(schemaFile, 'utf8')
const ours = (await readMigrations(migrationsFolder)).map(({ name }) => name)

test('a database that we migrated has nothing to do for `prisma migrate deploy`', async () => {
  const { url } = await cloneDatabase()
  expect(await prismaDeploy(url, schema, migrationsFolder)).toEqual([])
})

test('a database that Prisma migrated has nothing to do for us, and its ledger is as ours', async () => {
  const [theirs, own] = [await cloneDatabase({ empty: true }), await cloneDatabase()]
  expect(await prismaDeploy(theirs.url, schema, migrationsFolder)).toEqual(ours)
  expect(await pendingMigrations(theirs.pool)).toEqual([])
  expect(await migrate(theirs.pool)).toEqual({ applied: [], already: ours.length })
  expect(await ledger(theirs.pool)).toEqual(await ledger(own.pool))
})

/** Definition and content of the ledger, without ids and times. */
async function ledger(pool: pg.Pool): Promise<unknown> {
  const columns = await pool.query(
    `SELECT column_name, data_type, character_maximum_length, is_nullable, column_default, table_schema
     FROM information_schema.columns WHERE table_name = '_prisma_migrations' ORDER BY ordinal_position`,
  )
  const rows = await pool.query(
    `SELECT migration_name, checksum, logs, rolled_back_at, applied_steps_count, finished_at IS NULL AS open
     FROM public._prisma_migrations ORDER BY migration_name`,
  )
  return [columns.rows, rows.rows]
}
