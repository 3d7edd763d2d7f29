import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { OperatorError } from '../../src/core/errors.ts'
import { migrate, pendingMigrations, requireMigrated } from '../../src/store/migrate.ts'
import { createPool } from '../../src/store/pool.ts'
import { cloneDatabase } from '../support/database.ts'

const FIRST = 'CREATE TABLE first (n int);\nINSERT INTO first VALUES (1);\n'

/** A folder of migrations `1_name`, `2_name` …, which can be rewritten. */
function folderOf(migrations: Record<string, string>): { folder: string; write: (name: string, sql: string) => void } {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-migrations-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const write = (name: string, sql: string) => {
    mkdirSync(join(folder, name), { recursive: true })
    writeFileSync(join(folder, name, 'migration.sql'), sql)
  }
  for (const [name, sql] of Object.entries(migrations)) write(name, sql)
  writeFileSync(join(folder, 'migration_lock.toml'), 'provider = "postgresql"\n')
  return { folder, write }
}

async function standing(pool: pg.Pool): Promise<unknown[]> {
  const { rows } = await pool.query<Record<string, unknown>>(
    `SELECT migration_name AS name, finished_at IS NOT NULL AS finished, rolled_back_at IS NOT NULL AS undone
     FROM public._prisma_migrations ORDER BY started_at`,
  )
  return rows
}

test('applies in order, once; a later migration comes on top', async () => {
  const { pool } = await cloneDatabase({ empty: true })
  const { folder, write } = folderOf({ '2_b': 'INSERT INTO first VALUES (2);', '1_a': FIRST })
  expect(await pendingMigrations(pool, { folder })).toEqual(['1_a', '2_b'])
  await expect(requireMigrated(pool, { folder })).rejects.toThrow(
    /lacks 2 migration\(s\) \(1_a, 2_b\): run `rollcall migrate`/,
  )
  expect(await migrate(pool, { folder })).toEqual({ applied: ['1_a', '2_b'], already: 0 })
  expect(await migrate(pool, { folder })).toEqual({ applied: [], already: 2 })
  write('3_c', 'INSERT INTO first VALUES (3);')
  expect(await migrate(pool, { folder })).toEqual({ applied: ['3_c'], already: 2 })
  await requireMigrated(pool, { folder })
  expect((await pool.query('SELECT n FROM first ORDER BY n')).rows).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
})

test('two machines at once: one applies, the other waits and finds it done', async () => {
  const { url, pool } = await cloneDatabase({ empty: true })
  const { folder } = folderOf({ '1_a': `${FIRST}SELECT pg_sleep(0.6);`, '2_b': 'CREATE TABLE second ();' })
  const other = createPool(url, { max: 1 })
  const [one, two] = await Promise.all([migrate(pool, { folder }), migrate(other, { folder })]).finally(() =>
    other.end(),
  )
  expect([one.applied, two.applied].toSorted((a, b) => a.length - b.length)).toEqual([[], ['1_a', '2_b']])
  expect((await pool.query('SELECT n FROM first')).rows).toEqual([{ n: 1 }])
})

test('a failure names statement and line, keeps nothing, is noted as Prisma notes it, and the mended file applies', async () => {
  const { pool } = await cloneDatabase({ empty: true })
  const { folder, write } = folderOf({
    '1_a': FIRST,
    '2_b': `-- two; things\nCREATE TABLE second (n int);\n\nINSERT INTO second\nSELECT nonsense FROM first;\n`,
    '3_c': 'CREATE TABLE third ();',
  })
  const failure = await migrate(pool, { folder }).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(OperatorError)
  expect(String(failure)).toMatch(/2_b failed at line 5:\n {2}INSERT INTO second\n {2}SELECT nonsense FROM first\n/)
  expect(String(failure)).toMatch(/column "nonsense" does not exist \(42703\)\nnothing of it was kept.*again$/s)
  expect(await standing(pool)).toEqual([
    { name: '1_a', finished: true, undone: false },
    { name: '2_b', finished: false, undone: true },
  ])
  expect((await pool.query(`SELECT to_regclass('second') AS second`)).rows).toEqual([{ second: null }])
  expect((await pool.query(`SELECT logs FROM _prisma_migrations WHERE migration_name = '2_b'`)).rows[0]).toMatchObject({
    logs: expect.stringContaining('nonsense') as string,
  })
  write('2_b', 'CREATE TABLE second (n int);')
  expect(await migrate(pool, { folder })).toEqual({ applied: ['2_b', '3_c'], already: 1 })
})

test('a failure without a position names its statement too', async () => {
  const { pool } = await cloneDatabase({ empty: true })
  const { folder } = folderOf({
    '1_a': `${FIRST}INSERT INTO first VALUES (1);\n\nCREATE UNIQUE INDEX once ON first (n);\n`,
  })
  await expect(migrate(pool, { folder })).rejects.toThrow(
    /at line 5:\n {2}CREATE UNIQUE INDEX.*23505.*Key \(n\)=\(1\) is duplicated/s,
  )
})

test('a file may ask for no transaction; after a failure it is tried again', async () => {
  const { pool } = await cloneDatabase({ empty: true })
  const sql = `-- rollcall: no transaction\nCREATE INDEX CONCURRENTLY IF NOT EXISTS quick ON first (n);\n`
  const { folder, write } = folderOf({ '1_a': FIRST, '2_b': `${sql}SELECT nonsense;\n` })
  await expect(migrate(pool, { folder })).rejects.toThrow(
    /runs outside a transaction, so what stands before that line was kept/,
  )
  expect((await standing(pool))[1]).toEqual({ name: '2_b', finished: false, undone: false })
  write('2_b', sql)
  expect(await migrate(pool, { folder })).toEqual({ applied: ['2_b'], already: 1 })
  expect((await standing(pool)).slice(1)).toEqual([
    { name: '2_b', finished: false, undone: true },
    { name: '2_b', finished: true, undone: false },
  ])
})

test('a database newer than the program, and a migration changed after the fact, are refused and left alone', async () => {
  const { pool } = await cloneDatabase({ empty: true })
  const both = folderOf({ '1_a': FIRST, '2_b': 'CREATE TABLE second ();' })
  await migrate(pool, both)
  const before = await standing(pool)
  const older = folderOf({ '1_a': FIRST })
  const newer = /the database is at 2_b, newer than this program: upgrade rollcall/
  await expect(migrate(pool, older)).rejects.toThrow(newer)
  await expect(pendingMigrations(pool, older)).rejects.toThrow(newer)
  both.write('1_a', `${FIRST} `)
  await expect(migrate(pool, both)).rejects.toThrow(
    /1_a was changed after it was applied.*install the unchanged rollcall/s,
  )
  both.write('1_a', FIRST.replaceAll('\n', '\r\n')) // as a checkout on Windows has it
  expect(await migrate(pool, both)).toEqual({ applied: [], already: 2 })
  expect(await standing(pool)).toEqual(before)
})

test('a user without privileges is told so', async () => {
  const { url, pool } = await cloneDatabase({ empty: true })
  const role = `guest_${process.pid}`
  await pool.query(`CREATE ROLE ${role} LOGIN PASSWORD 'guest'`)
  const guestUrl = new URL(url)
  guestUrl.username = role
  guestUrl.password = 'guest'
  const guest = createPool(guestUrl.href, { max: 1 })
  try {
    await expect(migrate(guest, folderOf({ '1_a': FIRST }))).rejects.toThrow(
      /lacks a privilege \(42501.*schema public\).*grant it/s,
    )
  } finally {
    await guest.end()
    await pool.query(`DROP ROLE ${role}`)
  }
})
