import pLimit from 'p-limit'
import pg from 'pg'
import { afterAll, inject, onTestFailed, beforeEach } from 'vitest'
import { createPool } from '../../src/store/pool.ts'

export interface TestDatabase {
  readonly url: string
  /** A pool of 8 for the test's own use; `drop` ends it. */
  readonly pool: pg.Pool
  /** Ends the pool and drops the database, unless a test of this file failed. Called after the file in any case. */
  drop(): Promise<void>
}

export interface CloneOptions {
  /** An empty database instead of one with every migration applied. */
  readonly empty?: boolean
}

const clones: TestDatabase[] = []
let serial = 0
let failed = false

beforeEach(() => {
  onTestFailed(() => {
    failed = true
  })
})
afterAll(async () => {
  const few = pLimit(8) // a file may have made a thousand, and each takes connections
  const ends = await Promise.allSettled(clones.map((clone) => few(() => clone.drop())))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}, 600_000)

/**
 * A database of this file's own, with every migration applied. Call it in `beforeAll`, at the top of a file, or in a
 * test. Needs no clean-up: after the file it is dropped, or kept and its URL printed where a test failed. A pool or
 * client of the file's own that still holds a connection to it then fails the file.
 */
export async function cloneDatabase(options: CloneOptions = {}): Promise<TestDatabase> {
  const server = inject('databaseServer')
  const template = options.empty === true ? 'template0' : inject('databaseTemplate')
  serial += 1
  const name = `test_${process.pid}_${Date.now().toString(36)}_${serial}`
  await once(server, `CREATE DATABASE ${name} TEMPLATE ${template}`)
  const url = databaseUrl(server, name)
  const pool = createPool(url, { max: 8 })
  let done: Promise<void> | undefined
  const clone = { url, pool, drop: () => (done ??= finish(server, name, url, pool)) }
  clones.push(clone)
  return clone
}

/** The URL of the server the tests run on: its maintenance database, for tests that make databases of their own. */
export function testServer(): string {
  return inject('databaseServer')
}

/** The URL of another database of the same server. */
export function databaseUrl(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

async function finish(server: string, name: string, url: string, pool: pg.Pool): Promise<void> {
  if (!pool.ended) await pool.end()
  if (failed) {
    process.stderr.write(`\na test failed; its database is kept: ${url}\n`)
    return
  }
  const leaks = await openSessions(server, name)
  await once(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  if (leaks.length > 0)
    throw new Error(`${leaks.length} connection(s) were left open; the last said: ${leaks.join(' | ')}`)
}

/** Sessions that a closed pool has just let go take a moment to end. */
async function openSessions(server: string, name: string): Promise<string[]> {
  for (let look = 0; ; look += 1) {
    const rows = await once(
      server,
      `SELECT application_name || ': ' || left(query, 200) AS said FROM pg_stat_activity WHERE datname = '${name}'`,
    )
    if (rows.length === 0 || look === 50) return rows.map(({ said }) => String(said))
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function once(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'rollcall-test' })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}
