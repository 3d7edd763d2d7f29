import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { OperatorError } from '../../src/core/errors.ts'
import { startEmbedded } from '../../src/store/embedded.ts'
import { findPostmaster } from '../../src/store/embedded/postmaster.ts'
import { ask, program, scratch, supervisorsOf, until } from '../support/embedded.ts'

const SETTINGS = { fsync: 'off' }

test('starts beside a PostgreSQL on 5432, on loopback only, with private files, and stops with its last user', async () => {
  const usual = createServer()
  await new Promise<void>((resolve) => {
    usual.once('error', () => resolve()) // a real PostgreSQL has the port
    usual.listen(5432, '127.0.0.1', resolve)
  })
  onTestFinished(() => void usual.close())
  await using place = scratch()
  const server = await startEmbedded({ dataDir: place.dir, settings: SETTINGS })
  expect(new URL(server.url)).toMatchObject({ hostname: '127.0.0.1', pathname: '/rollcall', username: 'rollcall' })
  expect(new URL(server.url).port).not.toBe('5432')
  expect(
    await ask(
      server.url,
      `SELECT current_setting('listen_addresses') AS listen, current_setting('unix_socket_directories') AS sockets,
         current_setting('server_encoding') AS encoding, (SELECT count(DISTINCT auth_method)::int FROM pg_hba_file_rules) AS methods`,
    ),
  ).toEqual([{ listen: '127.0.0.1', sockets: '', encoding: 'UTF8', methods: 1 }])
  const home = join(place.dir, 'postgres')
  expect(statSync(home).mode & 0o777).toBe(0o700)
  for (const name of readdirSync(home)) expect([name, statSync(join(home, name)).mode & 0o077]).toEqual([name, 0])

  const wrong = new URL(server.url)
  wrong.password = 'guess'
  await expect(ask(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' })

  await server[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
  expect(await findPostmaster(place.data)).toBeNull()
  await until(() => supervisorsOf(place.dir).length === 0)
  expect(readdirSync(home).toSorted()).toEqual(['data', 'password', 'postgresql.log'])
})

test('a second process attaches; whoever leaves last stops the server; the data stays', async () => {
  await using place = scratch()
  const server = await startEmbedded({ dataDir: place.dir, settings: SETTINGS })
  await ask(server.url, 'CREATE TABLE kept AS SELECT 7 AS n')
  const other = await program(place.dir)
  expect(other.url).toBe(server.url)
  await server[Symbol.asyncDispose]()
  expect(await ask(other.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }])
  await other.end()
  expect(await findPostmaster(place.data)).toBeNull()

  await using again = await startEmbedded({ dataDir: place.dir, settings: SETTINGS })
  expect(await ask(again.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }])
})

test('three processes at once, in a folder that is not there yet, share one server', async () => {
  await using place = scratch()
  const dir = join(place.dir, 'a', 'b')
  const programs = await Promise.all([program(dir), program(dir), program(dir)])
  expect(new Set(programs.map(({ url }) => url)).size).toBe(1)
  await Promise.all(programs.map((one) => one.end()))
  await until(async () => (await findPostmaster(join(dir, 'postgres', 'data'))) === null)
})

test('a start that is called off leaves nothing running', async () => {
  await using place = scratch()
  const signal = AbortSignal.timeout(100)
  await expect(startEmbedded({ dataDir: place.dir, signal })).rejects.toMatchObject({
    name: expect.stringMatching(/Timeout|Abort/) as string,
  })
  await using server = await startEmbedded({ dataDir: place.dir, settings: SETTINGS })
  expect(await ask(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('a folder that is a file, data of another version, and a lost password are told with their cure', async () => {
  await using place = scratch()
  const file = join(place.dir, 'file')
  writeFileSync(file, '')
  await expect(startEmbedded({ dataDir: file })).rejects.toThrow(OperatorError)
  await expect(startEmbedded({ dataDir: file })).rejects.toThrow(/choose a folder with ROLLCALL_DATA_DIR/)

  const server = await startEmbedded({ dataDir: place.dir, settings: SETTINGS })
  await server[Symbol.asyncDispose]()
  const version = readFileSync(join(place.data, 'PG_VERSION'), 'utf8')
  writeFileSync(join(place.data, 'PG_VERSION'), '11\n')
  await expect(startEmbedded({ dataDir: place.dir })).rejects.toThrow(/was made by PostgreSQL 11.*dump it/)
  writeFileSync(join(place.data, 'PG_VERSION'), version)

  const password = join(place.dir, 'postgres', 'password')
  const right = readFileSync(password, 'utf8')
  writeFileSync(password, '')
  await expect(startEmbedded({ dataDir: place.dir })).rejects.toThrow(/password/)
  writeFileSync(password, right)

  writeFileSync(join(place.data, 'postgresql.auto.conf'), 'no_such_setting = on\n')
  await expect(startEmbedded({ dataDir: place.dir })).rejects.toThrow(/does not start in .*\n.*no_such_setting/s)
})
