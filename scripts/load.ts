// Floods, and what has run out: `npm run load -- [sources] [groups] [hub] [flood] [connections] [disk]`, all without one.
// Redis: the cells of the queue run there too where redis-server is at hand. Prints a table with peak memory of the workers
// and the time to recover; ends with 1 where anything was lost.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { Comparison } from '../src/cli/services/demo-compare.ts'
import { addAsk } from '../src/store/asks.ts'
import { startEmbedded } from '../src/store/embedded.ts'
import { migrate } from '../src/store/migrate.ts'
import { createPool } from '../src/store/pool.ts'
import { openStageOn, type Stage, type StageOptions } from '../test/queue/stage.ts'
import { startRedis } from '../test/torture/servers.ts'

type Backend = 'PostgreSQL' | 'Redis'
interface Row {
  readonly what: string
  readonly took: string
  readonly lost: string
}
const CELLS: Record<string, (backend: Backend) => Promise<Row>> = { sources, groups, hub, flood, connections, disk }
const MAX_CONNECTIONS = 80
const PATIENCE_MS = 170_000

const folder = mkdtempSync(join(tmpdir(), 'rollcall-load-'))
const server = await startEmbedded({ dataDir: folder, settings: { max_connections: String(MAX_CONNECTIONS) } })
const names = process.argv.slice(2)
let serial = 0
let bad = 0
let peak = 0
console.log('| load | queue in | what | took | most memory of a worker | differences, false leaves |')
console.log('|---|---|---|---|---|---|')
try {
  for (const name of names.length === 0 ? Object.keys(CELLS) : names)
    for (const backend of ['PostgreSQL', 'Redis'] as const) {
      peak = 0
      const row = await CELLS[name]?.(backend).catch((error: unknown) => ({
        what: String(error),
        took: '',
        lost: 'broke off',
      }))
      if (row === undefined) throw new Error(`no load is called ${name}: ${Object.keys(CELLS).join(', ')}`)
      if (row.lost !== '0, 0') bad++
      console.log(
        `| ${name} | ${backend} | ${row.what} | ${row.took} | ${(peak / 2 ** 20).toFixed(0)} MB | ${row.lost} |`,
      )
    }
} finally {
  await server[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
}
process.exit(bad === 0 ? 0 : 1)

/** A thousand sources, all asked for at once. */
async function sources(backend: Backend): Promise<Row> {
  const all = Array.from({ length: 1000 }, (_, n) => `s${n}`)
  return onStage(backend, { groups: 5, members: 6, sources: ['acme', ...all] }, async (stage) => {
    const asks: number[] = []
    for (const name of all) {
      const no = await stage.own.context.runs.source(name, 'tencent')
      asks.push(await addAsk(stage.pool, no, { trigger: 'manual', scope: null, urgent: false }))
    }
    await stage.own.service.enqueue(
      'start-sync',
      asks.map((ask) => ({ ask })),
      { urgent: false },
    )
    const took = await timed(async () => {
      for (const ask of asks) await answered(stage, ask)
    })
    return { what: '1,000 sources of 5 groups', took, lost: await lost(stage, ['s0', 's500', 's999']) }
  })
}

async function groups(backend: Backend): Promise<Row> {
  return onStage(backend, { groups: 100_000, members: 2 }, async (stage) => {
    const first = await timed(async () => answered(stage, await stage.ask(null)))
    const again = await timed(async () => answered(stage, await stage.ask(null)))
    return { what: '100,000 groups, read and read again', took: `${first}, then ${again}`, lost: await lost(stage) }
  })
}

async function hub(backend: Backend): Promise<Row> {
  return onStage(backend, { groups: 5000, members: 4 }, async (stage) => {
    for (const groupId of stage.world.groups.keys()) stage.world.join(groupId, 'hub')
    const scope = { groups: [], accounts: ['hub'] }
    const took = await timed(async () => answered(stage, await stage.ask(scope, { urgent: true })))
    return { what: 'the groups of one account in 5,000', took, lost: await lost(stage) }
  })
}

/** 200 asks a second for a minute, over 500 groups. */
async function flood(backend: Backend): Promise<Row> {
  return onStage(backend, { groups: 500, members: 8 }, async (stage) => {
    const asks = new Set<number>()
    const began = Date.now()
    const made: Promise<unknown>[] = []
    for (let n = 0; n < 12_000; n++) {
      const wait = began + n * 5 - Date.now()
      if (wait > 0) await sleep(wait)
      const scope = { groups: [`@TGS#g${(n * 97) % 500}`], accounts: [] }
      made.push(stage.ask(scope, { urgent: true }).then((ask) => asks.add(ask)))
      if (made.length >= 50) await Promise.all(made.splice(0))
    }
    await Promise.all(made)
    const asking = (Date.now() - began) / 1000
    const after = await timed(async () => {
      for (const ask of asks) await answered(stage, ask)
    })
    await answered(stage, await stage.ask(null))
    const what = `12,000 asks in ${asking.toFixed(0)} s, of which ${asks.size} waited at different times`
    return { what, took: `all answered ${after} after the last`, lost: await lost(stage) }
  })
}

/** The workers' connections are ended and every one of the server is taken, for ten seconds in the middle of a run. */
async function connections(backend: Backend): Promise<Row> {
  return struck(backend, 'no connection free for 10 s', async () => {
    const held: pg.Client[] = []
    const take = async (): Promise<boolean> => {
      const client = new pg.Client({ connectionString: server.url })
      client.on('error', () => {})
      const refused = await client.connect().then(
        () => false,
        () => true,
      )
      if (!refused) held.push(client)
      return !refused
    }
    await take()
    // The workers come again at once: theirs are ended until every place is taken.
    for (let quiet = 0; quiet < 20; ) {
      await held[0]?.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'rollcall%' AND pid <> pg_backend_pid()`,
      )
      quiet = (await take()) ? 0 : quiet + 1
    }
    return async () => void (await Promise.all(held.map((client) => client.end())))
  })
}

/** What PostgreSQL says when its disk is full, for ten seconds, from within every write of a roll. */
async function disk(backend: Backend): Promise<Row> {
  return struck(backend, 'a full disk for 10 s', async ({ pool }) => {
    await pool.query(`CREATE FUNCTION public.full() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN RAISE EXCEPTION ''could not extend file: No space left on device'' USING ERRCODE = ''53100''; END'`)
    await pool.query('CREATE TRIGGER full_disk BEFORE INSERT ON rollcall.member EXECUTE FUNCTION public.full()')
    return async () => void (await pool.query('DROP TRIGGER full_disk ON rollcall.member'))
  })
}

async function struck(
  backend: Backend,
  what: string,
  strike: (stage: Stage) => Promise<() => Promise<void>>,
): Promise<Row> {
  return onStage(backend, { groups: 3000, members: 6, rates: { getGroupInfo: 12 } }, async (stage) => {
    const ask = await stage.ask(null)
    while (((await stage.progress(ask))?.done ?? 0) < 300) await sleep(20)
    const end = await strike(stage)
    await sleep(10_000)
    await end()
    const took = await timed(async () => answered(stage, ask))
    return {
      what: `${what}, in a run of 3,000 groups`,
      took: `complete ${took} after its end`,
      lost: await lost(stage),
    }
  })
}

async function onStage(backend: Backend, options: StageOptions, work: (stage: Stage) => Promise<Row>): Promise<Row> {
  const name = `load_${++serial}`
  const maintenance = createPool(server.url, { max: 1 })
  await maintenance.query(`CREATE DATABASE ${name}`).finally(() => maintenance.end())
  const url = new URL(server.url)
  url.pathname = `/${name}`
  const pool = createPool(url.href, { max: 8 })
  const redis = backend === 'Redis' ? await startRedis() : null
  const place = redis === null ? null : { url: `redis://127.0.0.1:${redis.port}`, prefix: name, wipe: async () => {} }
  const watch = setInterval(() => (peak = Math.max(peak, workersMost())), 500)
  try {
    await migrate(pool)
    await using stage = await openStageOn({ url: url.href, pool }, { ...options, redis: place })
    for (let n = 0; n < 2; n++) await stage.process()
    return await work(stage)
  } finally {
    clearInterval(watch)
    await pool.end()
    await redis?.[Symbol.asyncDispose]()
  }
}

function answered(stage: Stage, ask: number): Promise<number> {
  return stage.answered(ask, PATIENCE_MS)
}

async function timed(work: () => Promise<unknown>): Promise<string> {
  const began = performance.now()
  await work()
  return `${((performance.now() - began) / 1000).toFixed(1)} s`
}

async function lost({ pool, world }: Stage, of: readonly string[] = ['acme']): Promise<string> {
  const comparison = new Comparison(
    pool,
    of.map((name) => ({ vendor: 'tencent', name, world })),
  )
  await comparison.atEndOfSync(Date.now())
  const { differences, falseLeaves } = await comparison.finish()
  return `${differences}, ${falseLeaves}`
}

/** The most resident memory that a worker of this process has had (Linux). */
function workersMost(): number {
  if (process.platform !== 'linux') return 0
  return Math.max(
    0,
    ...readdirSync('/proc').map((pid) => {
      try {
        if (!/^\d+$/.test(pid)) return 0
        const status = readFileSync(`/proc/${pid}/status`, 'utf8')
        if (!status.includes(`\nPPid:\t${process.pid}\n`)) return 0
        if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('worker-child')) return 0
        return 1024 * Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0)
      } catch {
        return 0
      }
    }),
  )
}
