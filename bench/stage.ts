import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import type { Pool } from 'pg'
import { startEmbedded } from '../src/store/embedded.ts'
import { migrate } from '../src/store/migrate.ts'
import { createPool } from '../src/store/pool.ts'

/** An embedded PostgreSQL with default settings in a folder of its own, gone afterwards. */
export interface Stage extends AsyncDisposable {
  readonly url: string
  /** A fresh database with every migration applied. */
  database(): Promise<Pool>
  /** Ends the pool and drops its database. */
  drop(pool: Pool): Promise<void>
}

export async function openStage(): Promise<Stage> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rollcall-bench-'))
  const server = await startEmbedded({ dataDir })
  const admin = createPool(server.url, { max: 1 })
  let serial = 0
  const names = new Map<Pool, string>()
  return {
    url: server.url,
    async database() {
      const name = `bench_${++serial}`
      await admin.query(`CREATE DATABASE ${name}`)
      const url = new URL(server.url)
      url.pathname = `/${name}`
      const pool = createPool(url.href, { max: 16 })
      names.set(pool, name)
      await migrate(pool)
      return pool
    },
    async drop(pool) {
      await pool.end()
      await admin.query(`DROP DATABASE ${names.get(pool)} WITH (FORCE)`)
    },
    async [Symbol.asyncDispose]() {
      await admin.end()
      await server[Symbol.asyncDispose]()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** The machine as the results name it: by its cores and its memory alone. */
export const machine = (): string => `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB of memory`

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low, high] = [sorted[sorted.length % 2 === 1 ? middle : middle - 1] ?? 0, sorted[middle] ?? 0]
  return (low + high) / 2
}

/** Seconds that some work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return (performance.now() - started) / 1000
}

/** Bytes of write-ahead log that some work makes; `settle` first, so that no checkpoint's full pages fall to it by chance. */
export async function walOf(pool: Pool, work: () => Promise<unknown>): Promise<number> {
  const place = async () =>
    (await pool.query<{ at: string }>('SELECT pg_current_wal_insert_lsn()::text AS at')).rows[0]?.at
  const before = await place()
  await work()
  const { rows } = await pool.query<{ bytes: string }>(
    'SELECT pg_wal_lsn_diff($1::pg_lsn, $2::pg_lsn)::text AS bytes',
    [await place(), before],
  )
  return Number(rows[0]?.bytes)
}

/**
 * CPU seconds that the processes of the database have spent so far, null where the system does not tell (no /proc).
 * Unlike the clock they do not depend on what else the machine does.
 */
export async function databaseCpu(pool: Pool): Promise<number | null> {
  const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const fields = (pid: number | string) => {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
  }
  try {
    const parent = fields(rows[0]?.pid ?? 0)[1] ?? 0
    let ticks = 0
    for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        const stat = fields(entry)
        if (stat[1] === parent) ticks += (stat[11] ?? 0) + (stat[12] ?? 0)
        // A backend that has ended is counted in its parent.
        if (Number(entry) === parent) ticks += (stat[11] ?? 0) + (stat[12] ?? 0) + (stat[13] ?? 0) + (stat[14] ?? 0)
      } catch {
        // It ended while we looked.
      }
    }
    return ticks / 100
  } catch {
    return null
  }
}
