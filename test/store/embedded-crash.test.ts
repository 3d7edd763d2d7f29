import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startEmbedded } from '../../src/store/embedded.ts'
import { findPostmaster, isAlive } from '../../src/store/embedded/postmaster.ts'
import { createPool } from '../../src/store/pool.ts'
import { ask, program, scratch, supervisorsOf, until } from '../support/embedded.ts'

const OPTIONS = { graceMs: 500, settings: { fsync: 'off' } }

test('a program that is killed leaves no process behind, and the next start finds the data', async () => {
  await using place = scratch()
  const killed = await program(place.dir)
  await ask(killed.url, 'CREATE TABLE kept AS SELECT 7 AS n')
  const server = await findPostmaster(place.data)
  expect(server).not.toBeNull()
  expect(supervisorsOf(place.dir)).toHaveLength(1)
  await killed.kill()
  await until(async () => (await findPostmaster(place.data)) === null && supervisorsOf(place.dir).length === 0)
  await using again = await startEmbedded({ dataDir: place.dir, ...OPTIONS })
  expect(await ask(again.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }])
})

test('a killed program does not take the server from another that uses it', async () => {
  await using place = scratch()
  const killed = await program(place.dir)
  await using server = await startEmbedded({ dataDir: place.dir, ...OPTIONS })
  await killed.kill()
  const pool = createPool(server.url, { max: 1 })
  await pool.query('SELECT 1')
  await pool.end()
  // No connection but the session's is left now; three times the grace passes.
  const began = Date.now()
  await until(() => Date.now() - began > 3 * OPTIONS.graceMs)
  expect(await ask(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('the pid file of a server that was killed is no obstacle', async () => {
  await using place = scratch()
  const killed = await program(place.dir)
  await ask(killed.url, 'CREATE TABLE kept AS SELECT 7 AS n')
  const server = await findPostmaster(place.data)
  for (const pid of supervisorsOf(place.dir)) process.kill(pid, 'SIGKILL')
  process.kill(server?.pid ?? 0, 'SIGKILL')
  await killed.kill()
  await using again = await startEmbedded({ dataDir: place.dir, ...OPTIONS })
  expect(await ask(again.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }])
})

test('nor is one whose process id belongs to another program by now, nor the lock of a dead program', async () => {
  await using place = scratch()
  const first = await program(place.dir)
  const file = join(place.data, 'postmaster.pid')
  const text = readFileSync(file, 'utf8')
  await first.end()
  writeFileSync(file, [String(process.pid), ...text.split('\n').slice(1)].join('\n'))
  writeFileSync(join(place.dir, 'postgres', 'start.lock'), `${first.child.pid} x\n`)
  expect(isAlive(first.child.pid ?? 0)).toBe(false)
  await using again = await startEmbedded({ dataDir: place.dir, ...OPTIONS })
  expect(await ask(again.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('an orphan whose supervisor was killed is attached to and watched again', async () => {
  await using place = scratch()
  const first = await program(place.dir)
  for (const pid of supervisorsOf(place.dir)) process.kill(pid, 'SIGKILL')
  await until(() => supervisorsOf(place.dir).length === 0)
  await first.kill()
  const second = await program(place.dir)
  expect(second.url).toBe(first.url)
  await until(() => supervisorsOf(place.dir).length === 1)
  await second.kill()
  await until(async () => (await findPostmaster(place.data)) === null && supervisorsOf(place.dir).length === 0)
})

test('the crash of a session, which makes PostgreSQL cut all of them, ends neither program nor server', async () => {
  await using place = scratch()
  await using server = await startEmbedded({ dataDir: place.dir, ...OPTIONS })
  const pool = createPool(server.url, { max: 1 })
  const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  process.kill(rows[0]?.pid ?? 0, 'SIGKILL')
  await until(() =>
    pool
      .query(`SELECT 1 FROM pg_stat_activity WHERE application_name = 'rollcall-session'`)
      .then(({ rowCount }) => rowCount === 1)
      .catch(() => false),
  )
  await pool.end()
  const began = Date.now()
  await until(() => Date.now() - began > 3 * OPTIONS.graceMs)
  expect(await ask(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})
