// What retention does to whoever syncs meanwhile, on two years of generated history (bench/history); prints the tables of
// docs/retention.md: node --import tsx scripts/retention-locks.ts [share, default 0.1; 1 is 20 million stays] [data folder to keep].
// Beside retention run: a writer that does what the write of a sync does, statement by statement, each one timed; and a sampler that
// reads pg_locks and pg_stat_activity every 5 ms. The server is as Rollcall's own (fsync on).
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool, PoolClient } from 'pg'
import { openHistory } from '../bench/history/open.ts'
import { startEmbedded } from '../src/store/embedded.ts'
import { createPool } from '../src/store/pool.ts'
import { statement } from '../src/store/statement.ts'
import { retain } from '../src/sync/retain.ts'

/** The newest read of the generated history, and limits that take out about two fifths of it. */
const NOW = Date.parse('2026-11-20T00:00:00Z')
const RULE = { source: 'acme', history: { count: 430, unit: 'd' }, reads: { count: 90, unit: 'd' } } as const
const BASELINE_MS = 30_000

const share = Number(process.argv[2] ?? 0.1)
const kept = process.argv[3]
const folder = kept ?? mkdtempSync(join(tmpdir(), 'rollcall-retention-'))
const say = (text: string) => process.stderr.write(`${text}\n`)

/** Receipts of two years of runs, as many as change-heavy runs leave; the generated history has none. */
async function addReceipts(pool: Pool, part: number): Promise<void> {
  await pool.query(
    `INSERT INTO rollcall.group_receipt (run_no, group_id, began_at, ended_at, outcome, vendor_count, rows_read, passes, calls)
     SELECT r.run_no, 'g' || n, r.started_at, r.finished_at, 'complete', 10, 10, 1, 1
     FROM rollcall.run r CROSS JOIN generate_series(1, $1::integer) n ON CONFLICT DO NOTHING`,
    [Math.round(1_000 * part)],
  )
  await pool.query(
    `INSERT INTO rollcall.receipt_pack (run_no, began_at, ended_at, passes, calls, counted, group_nos, rows_read)
     SELECT r.run_no, r.started_at, r.finished_at, 1, 1, true, ids.them, ids.them
     FROM rollcall.run r CROSS JOIN generate_series(1, $1::integer) n
     CROSS JOIN LATERAL (SELECT array_agg(i) AS them FROM generate_series(n * 100, n * 100 + 99) i) ids`,
    [Math.round(50 * part)],
  )
  await pool.query('UPDATE rollcall.roll_state SET read_run = (SELECT max(run_no) FROM rollcall.run)')
  await pool.query('VACUUM ANALYZE')
}

async function measureOn(url: string): Promise<void> {
  const pool = createPool(url, { max: 4 })
  try {
    const before = await weight(pool)
    const quiet = new Writer()
    await quiet.run(url, Date.now() + BASELINE_MS)
    say(`the writer alone: ${quiet.rounds} transactions in ${BASELINE_MS / 1000} s`)
    const busy = new Writer()
    const sampler = new Sampler()
    const stop = new AbortController()
    const beside = [busy.run(url, Number.POSITIVE_INFINITY, stop.signal), sampler.run(url, stop.signal)]
    const began = performance.now()
    const deps = { pool, clock: { now: () => NOW }, log: { info: () => {}, warn: () => {} } }
    const retained = await retain(deps, RULE, { signal: new AbortController().signal })
    const seconds = (performance.now() - began) / 1000
    stop.abort()
    await Promise.all(beside)
    const after = await weight(pool)
    console.log(
      `${before} stays before, ${after} after. ${JSON.stringify(retained?.gone)} in ${seconds.toFixed(0)} s, ${retained?.steps} steps; ` +
        `the longest transaction took ${retained?.longestMs.toFixed(0)} ms. The writer made ${busy.rounds} transactions meanwhile.\n`,
    )
    console.log(
      '| table | strongest lock of retention | samples with it | samples in which anybody waited for a lock | longest write without retention | with it |',
    )
    console.log('|---|---|---|---|---|---|')
    for (const table of busy.tables()) {
      const { mode, held, waited } = sampler.of(table)
      const worst = (writer: Writer) => `${writer.worst(table).toFixed(1)} ms`
      console.log(`| \`${table}\` | ${mode ?? 'none'} | ${held} | ${waited} | ${worst(quiet)} | ${worst(busy)} |`)
    }
    console.log(
      `\n${sampler.samples} samples, ${sampler.waits} with a session waiting for a lock of any kind; the longest transaction of retention that a sample saw had lasted ${sampler.oldestMs.toFixed(0)} ms.`,
    )
  } finally {
    await pool.end()
  }
}

async function weight(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ n: string }>('SELECT count(*)::text AS n FROM rollcall.stay')
  return rows[0]?.n ?? '?'
}

/** Writes as a sync does when a read of a group found a join, a leave, and a changed field; each statement by its table. */
class Writer {
  rounds = 0
  readonly #worst = new Map<string, number>()

  tables = (): string[] => [...this.#worst.keys()]
  worst = (table: string): number => this.#worst.get(table) ?? 0

  async run(url: string, until: number, signal = new AbortController().signal): Promise<void> {
    const pool = createPool(url, { max: 1 })
    const client = await pool.connect()
    await client.query(`SET application_name = 'sync-like'`)
    const { rows } = await client.query<{ last: number }>(
      'SELECT max(group_no)::integer AS last FROM rollcall.chat_group',
    )
    const last = rows[0]?.last ?? 1
    try {
      while (Date.now() < until && !signal.aborted) {
        await this.#round(client, 1 + Math.floor((last - 1) * Math.random() ** 4))
        this.rounds += 1
        await sleep(5)
      }
    } finally {
      client.release()
      await pool.end()
    }
  }

  async #round(client: PoolClient, groupNo: number): Promise<void> {
    const account = `probe-${this.rounds}-${Date.now()}`
    const now = new Date()
    const earlier = new Date(now.getTime() - 60_000)
    const run = await this.#timed('run', () =>
      client.query<{ run_no: number }>(
        `INSERT INTO rollcall.run (source_no, trigger, started_at) VALUES (1, 'manual', clock_timestamp()) RETURNING run_no`,
      ),
    )
    const runNo = run.rows[0]?.run_no
    await client.query('BEGIN')
    await this.#timed('roll_state', () => client.query(statement('rolls-lock'), [[groupNo]]))
    await this.#timed('chat_group', () =>
      client.query('UPDATE rollcall.chat_group SET member_count = member_count + 1 WHERE group_no = $1', [groupNo]),
    )
    await this.#timed('member', () =>
      client.query(
        `INSERT INTO rollcall.member (first_seen_at, start_at, start_not_before, print, group_no, start_run, live_print, role, account_id)
         VALUES ($1, $1, $1, 0, $2, $3, 0, 'member', $4)`,
        [earlier, groupNo, runNo, account],
      ),
    )
    await this.#timed('member_edit', () =>
      client.query(
        `INSERT INTO rollcall.member_edit (group_no, run_no, account_id, kind, at, not_before, old, new)
         VALUES ($1, $2, $3, 'role', $4, $4, '{}', '{}')`,
        [groupNo, runNo, account, now],
      ),
    )
    await this.#timed('stay', () =>
      client.query(statement('stays-close'), [runNo, [groupNo], [account], [now], [earlier]]),
    )
    await this.#timed('group_event', () =>
      client.query(`INSERT INTO rollcall.group_event (group_no, run_no, kind, at) VALUES ($1, $2, 'updated', $3)`, [
        groupNo,
        runNo,
        now,
      ]),
    )
    await this.#timed('group_receipt', () =>
      client.query(
        `INSERT INTO rollcall.group_receipt (run_no, group_id, began_at, ended_at, outcome, rows_read, passes, calls)
         VALUES ($1, 'g' || $2::integer, $3, $3, 'complete', 1, 1, 1)`,
        [runNo, groupNo, now],
      ),
    )
    await this.#timed('receipt_pack', () =>
      client.query(
        `INSERT INTO rollcall.receipt_pack (run_no, began_at, ended_at, passes, calls, counted, group_nos, rows_read)
         VALUES ($1, $2, $2, 1, 1, true, ARRAY[$3::integer], '{1}')`,
        [runNo, now, groupNo],
      ),
    )
    await this.#timed('(commit)', () => client.query('COMMIT'))
    await this.#timed('ask', () =>
      client.query(
        `INSERT INTO rollcall.ask (source_no, trigger, scope, urgent, run_no, ended_at) VALUES (1, 'manual', $2, false, $1, now())`,
        [runNo, account],
      ),
    )
    await this.#timed('run', () =>
      client.query(`UPDATE rollcall.run SET finished_at = clock_timestamp(), verdict = 'complete' WHERE run_no = $1`, [
        runNo,
      ]),
    )
    await this.#timed('source_fact, group_fact, group_total, fact_mark', () =>
      client.query('SELECT rollcall.refresh_facts(1)'),
    )
  }

  async #timed<T>(table: string, work: () => Promise<T>): Promise<T> {
    const began = performance.now()
    const result = await work()
    this.#worst.set(table, Math.max(this.worst(table), performance.now() - began))
    return result
  }
}

const STRENGTH = ['AccessShareLock', 'RowShareLock', 'RowExclusiveLock', 'ShareUpdateExclusiveLock', 'ShareLock']

/** What retention's own connections hold, and who waits for what. */
class Sampler {
  samples = 0
  waits = 0
  oldestMs = 0
  readonly #held = new Map<string, { mode: string; held: number }>()
  readonly #waited = new Map<string, number>()

  of(table: string): { mode: string | null; held: number; waited: number } {
    const known = this.#held.get(table)
    return { mode: known?.mode ?? null, held: known?.held ?? 0, waited: this.#waited.get(table) ?? 0 }
  }

  async run(url: string, signal: AbortSignal): Promise<void> {
    const pool = createPool(url, { max: 1 })
    const client = await pool.connect()
    await client.query(`SET application_name = 'sampler'`)
    try {
      while (!signal.aborted) {
        const { rows } = await client.query<{
          name: string | null
          mode: string
          granted: boolean
          mine: boolean
          ms: number
        }>(
          `SELECT c.relname AS name, l.mode, l.granted, a.application_name = 'rollcall' AS mine,
             coalesce(extract(epoch FROM clock_timestamp() - a.xact_start) * 1000, 0)::float8 AS ms
           FROM pg_locks l JOIN pg_stat_activity a USING (pid)
           LEFT JOIN pg_class c ON c.oid = l.relation AND c.relnamespace = 'rollcall'::regnamespace AND c.relkind = 'r'
           WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.backend_type = 'client backend'`,
        )
        this.samples += 1
        if (rows.some(({ granted }) => !granted)) this.waits += 1
        for (const { name, mode, granted, mine, ms } of rows) {
          if (mine) this.oldestMs = Math.max(this.oldestMs, ms)
          if (name === null) continue
          if (!granted) this.#waited.set(name, (this.#waited.get(name) ?? 0) + 1)
          if (!mine || !granted) continue
          const known = this.#held.get(name) ?? { mode, held: 0 }
          const stronger = STRENGTH.indexOf(mode) > STRENGTH.indexOf(known.mode) ? mode : known.mode
          this.#held.set(name, { mode: stronger, held: known.held + 1 })
        }
        await sleep(5)
      }
    } finally {
      client.release()
      await pool.end()
    }
  }
}

try {
  {
    await using history = await openHistory(share, folder, say)
    await addReceipts(history.pool, share)
  }
  const server = await startEmbedded({ dataDir: folder, settings: { shared_buffers: '1GB', max_wal_size: '4GB' } })
  try {
    await measureOn(server.url)
  } finally {
    await server[Symbol.asyncDispose]()
  }
} finally {
  if (kept === undefined) rmSync(folder, { recursive: true, force: true })
}
