import { expect, test } from 'vitest'
import { createQueuePool } from '../../src/queue/backend.ts'
import { explainDatabaseError } from '../../src/store/explain.ts'
import { checkServer, createPool } from '../../src/store/pool.ts'
import { inTransaction } from '../../src/store/transaction.ts'
import { cloneDatabase } from '../support/database.ts'

test('a good server is passed; a wrong user and a missing database are told', async () => {
  const { url, pool } = await cloneDatabase()
  expect(await checkServer(pool)).toMatch(/^\d+\.\d+/)
  const wrong = new URL(url)
  wrong.username = 'nobody_here'
  const missing = new URL(url)
  missing.pathname = '/not_there'
  for (const [bad, told] of [
    [wrong, /refuses .*(28P01|28000).*mend (the )?user/],
    [missing, /not_there: the database does not exist \(3D000.*create it/],
  ] as const) {
    const other = createPool(bad.href, { max: 1 })
    await expect(checkServer(other)).rejects.toThrow(told)
    await other.end()
  }
})

test('bigint, timestamptz and infinity come as bigint, Date and Infinity', async () => {
  const { pool } = await cloneDatabase()
  const { rows } = await pool.query(
    `SELECT 9007199254740993 AS big, ARRAY[1::int8] AS bigs, 7 AS small, 'infinity'::timestamptz AS ever,
       '2026-01-02T03:04:05.678Z'::timestamptz AS at, current_setting('application_name') AS name`,
  )
  expect(rows).toEqual([
    {
      big: 9007199254740993n,
      bigs: ['1'],
      small: 7,
      ever: Infinity,
      at: new Date('2026-01-02T03:04:05.678Z'),
      name: 'rollcall',
    },
  ])
})

test('an idle connection that the server ends is replaced, and said', async () => {
  const { url, pool: admin } = await cloneDatabase()
  const heard: Error[] = []
  const pool = createPool(url, { max: 1, onError: (error) => heard.push(error) })
  const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  await admin.query('SELECT pg_terminate_backend($1, 5000)', [rows[0]?.pid])
  while (heard.length === 0) await new Promise((resolve) => setImmediate(resolve))
  expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  await pool.end()
})

test.each([
  ['the pool of every room', (url: string) => createPool(url, { max: 1 })],
  ['the pool of the queue', (url: string) => createQueuePool(url, () => {})],
])('%s: a connection that the server ends while it is lent out ends no process', async (_, open) => {
  const { url, pool: admin } = await cloneDatabase()
  const pool = open(url)
  const client = await pool.connect()
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const cut = new Promise((resolve) => client.once('end', resolve))
  await admin.query('SELECT pg_terminate_backend($1, 5000)', [rows[0]?.pid])
  await cut // an error that nobody listens for would end the run of the tests
  await expect(client.query('SELECT 1')).rejects.toThrow(/not queryable/)
  client.release()
  expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  await pool.end()
})

test('who falls silent within a transaction holds its locks only for a while, and what it did is undone', async () => {
  const { url, pool } = await cloneDatabase()
  await pool.query('CREATE TABLE t AS SELECT 1 AS n')
  const silent = createPool(url, { max: 1 })
  const failure = await inTransaction(
    silent,
    async (client) => {
      await client.query('UPDATE t SET n = 2')
      // Nothing more is asked of this connection; another waits for the row until the server gives it free.
      await pool.query('UPDATE t SET n = n + 10')
      await client.query('SELECT 1')
    },
    50,
  ).catch((error: unknown) => error)
  expect(explainDatabaseError(failure)?.message).toMatch(/25P03|was cut/)
  expect((await pool.query('SELECT n FROM t')).rows).toEqual([{ n: 11 }])
  expect((await silent.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  await silent.end()
})
