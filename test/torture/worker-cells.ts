import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Pool } from 'pg'
import type { VendorKind } from '../../src/core/endpoints.ts'
import { createRandom, shuffled } from '../../src/simulator/random.ts'
import { migrate } from '../../src/store/migrate.ts'
import { createPool } from '../../src/store/pool.ts'
import type { Setting } from '../queue/bench.ts'
import { openStageOn } from '../queue/stage.ts'
import { VENDORS } from '../support/dialects.ts'
import type { Rig } from '../support/rig.ts'
import { type HalfOpen, halfOpen } from './half-open.ts'
import { notExact, violations } from './oracle.ts'
import { seedOf } from './scene.ts'
import { type Postgres, startRedis } from './servers.ts'

/** What is done to a worker of the queue, or to what it works with, at the moment it passes a point. */
export const BLOWS = {
  postgres: ['kill', 'kill-postgres', 'silence-postgres', 'silence-vendor'],
  redis: [
    ...['kill', 'kill-postgres', 'silence-postgres', 'silence-vendor'],
    ...['restart-redis', 'lose-redis', 'silence-redis'],
  ],
} as const
export type QueueBackend = keyof typeof BLOWS
export type WorkerBlow = (typeof BLOWS)['redis'][number]

/** A row of the matrix: where the queue lives, whose world it is, and what is done to the worker. */
export interface WorkerRow {
  readonly backend: QueueBackend
  readonly vendor: VendorKind
  readonly blow: WorkerBlow
}
export interface WorkerCell extends WorkerRow {
  /** `redis/tencent/lose-redis/ack:read-batch:before#2` */
  readonly name: string
  readonly at: string
}

export const rowName = ({ backend, vendor, blow }: WorkerRow): string => `${backend}/${vendor}/${blow}`
export const WORKER_ROWS: readonly WorkerRow[] = (['postgres', 'redis'] as const).flatMap((backend) =>
  VENDORS.flatMap((vendor) => BLOWS[backend].map((blow) => ({ backend, vendor, blow }))),
)

const CHILD = fileURLToPath(new URL('struck-worker.ts', import.meta.url))
const LOCAL = '127.0.0.1'
let serial = 0

export function workerCell(name: string): WorkerCell {
  const at = name.split('/').slice(3)
  const row = WORKER_ROWS.find((one) => name.startsWith(`${rowName(one)}/`))
  if (row === undefined) throw new Error(`no cell is called ${name}: ${WORKER_ROWS.map(rowName).join(', ')}`)
  return { ...row, name, at: at.join('/') }
}

/** So many cells for each of these rows, at points that a run with nothing broken has passed. */
export async function workerCells(
  postgres: Postgres,
  rows: readonly WorkerRow[],
  seed: number,
  each: number,
): Promise<WorkerCell[]> {
  const cells: WorkerCell[] = []
  const passed = new Map<string, string[]>()
  for (const row of rows) {
    const { backend, vendor } = row
    const run = `${backend}/${vendor}`
    const points = passed.get(run) ?? (await pointsOf(postgres, row))
    passed.set(run, points)
    for (const at of spread(points, seedOf(seed, rowName(row)), each))
      cells.push({ ...row, name: `${rowName(row)}/${at}`, at })
  }
  return cells
}

/** A draw in which calls, statements, commits and acknowledgements take turns. */
function spread(points: readonly string[], seed: number, most: number): string[] {
  const kinds = [/^ack:/, /^sql:COMMIT/, /^call:/, /^sql:(?!COMMIT)/, /^job:/]
  const random = createRandom(seed)
  const heaps = shuffled(
    kinds.map((kind) =>
      shuffled(
        points.filter((point) => kind.test(point)),
        random,
      ),
    ),
    random,
  )
  const drawn: string[] = []
  for (let turn = 0; drawn.length < Math.min(most, points.length); turn++)
    drawn.push(...(heaps[turn % heaps.length]?.splice(0, 1) ?? []))
  return drawn
}

async function pointsOf(postgres: Postgres, row: WorkerRow): Promise<string[]> {
  await using scene = await openScene(postgres, row)
  const worker = await scene.worker('', 'look')
  await scene.stage.answered(await scene.stage.ask(null))
  return [...worker.lines]
}

/** What is wrong after the cell; `missed` where the worker did not come by the point. */
export async function playWorkerCell(
  postgres: Postgres,
  cell: WorkerCell,
  seed: number,
): Promise<{ readonly found: string[]; readonly missed: boolean; readonly ms: number }> {
  await using scene = await openScene(postgres, cell)
  const { stage } = scene
  const first = await scene.worker('', '')
  await stage.answered(await stage.ask(null))
  await first.end()
  change(stage.world, seedOf(seed, cell.name))
  const struck = await scene.worker(cell.at, cell.blow === 'kill' ? 'kill' : 'stop')
  const ask = await stage.ask(null)
  const missed = (await Promise.race([struck.struck, stage.answered(ask)])) !== 'struck'
  const began = performance.now()
  if (!missed) await strike(scene, cell.blow)
  struck.goOn()
  // Another worker of the same service: nobody helps the first.
  await scene.worker('', '')
  const run = await stage.answered(ask, 90_000).catch((error: unknown) => String(error))
  const ms = performance.now() - began
  const rig = { pool: stage.pool, world: stage.world } as Rig
  const found = [...(typeof run === 'string' ? [run, ...(await sessions(stage.pool))] : []), ...(await violations(rig))]
  if (typeof run === 'string') return { found, missed, ms }
  const last = await stage.answered(await stage.ask(null), 90_000)
  const { rows } = await stage.pool.query<{ verdict: string }>('SELECT verdict FROM rollcall.runs WHERE id = $1', [
    last,
  ])
  if (rows[0]?.verdict !== 'complete') found.push(`${rows[0]?.verdict} when undisturbed`)
  return { found: [...found, ...(await notExact(rig))], missed, ms }
}

/** What the database is at where a run does not end. */
async function sessions(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ says: string }>(
    `SELECT concat_ws(' ', application_name, state, wait_event_type, wait_event, now() - state_change, left(query, 90)) AS says
     FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  )
  return rows.map(({ says }) => says)
}

async function strike(scene: Scene, blow: WorkerBlow): Promise<void> {
  switch (blow) {
    case 'kill':
      return
    case 'kill-postgres':
      return scene.killPostgres()
    case 'silence-postgres':
      return scene.ways.postgres.silenceOpen()
    case 'silence-vendor':
      return scene.ways.vendor.silenceOpen()
    case 'restart-redis':
      return scene.redis?.strike('keep')
    case 'lose-redis':
      return scene.redis?.strike('lose')
    case 'silence-redis':
      return scene.ways.redis?.silenceOpen()
  }
}

/** Two leave, one comes, one goes and comes again, in every group. */
function change(world: Awaited<ReturnType<typeof openStageOn>>['world'], seed: number): void {
  const random = createRandom(seed)
  for (const group of world.groups.values()) {
    const [one, two, three] = shuffled(
      [...group.members.values()].filter(({ role }) => role === 'Member'),
      random,
    )
    for (const member of [one, two, three]) if (member !== undefined) world.leave(group.groupId, member.accountId)
    world.join(group.groupId, `new${random.int(1e9)}`)
    if (three !== undefined) world.join(group.groupId, three.accountId)
  }
}

type Scene = Awaited<ReturnType<typeof openScene>>

/** A stage whose workers come to PostgreSQL, Redis and the vendor by ways that can go silent. */
async function openScene(postgres: Postgres, { backend, vendor }: WorkerRow) {
  const name = `torture_${process.pid}_${++serial}`
  const maintenance = createPool(postgres.url, { max: 1 })
  await maintenance.query(`CREATE DATABASE ${name}`).finally(() => maintenance.end())
  const redis = backend === 'redis' ? await startRedis() : null
  // The test's own way is never silent, but follows a PostgreSQL that has come up again elsewhere.
  const own = await halfOpen(LOCAL, postgres.port)
  const urlBy = (way: HalfOpen): string => {
    const url = new URL(postgres.url)
    ;[url.port, url.pathname] = [String(way.port), `/${name}`]
    return url.href
  }
  const pool = createPool(urlBy(own), { max: 4 })
  await migrate(pool)
  const at = redis === null ? null : { url: `redis://${LOCAL}:${redis.port}`, prefix: 'torture', wipe: async () => {} }
  const quirks = { detailsMemberCap: 6, memberLimitCap: 10, overCap: 'clip' } as const
  const stage = await openStageOn({ url: urlBy(own), pool }, { groups: 60, members: 24, redis: at, quirks, vendor })
  const ways = {
    postgres: await halfOpen(LOCAL, postgres.port),
    redis: redis === null ? null : await halfOpen(LOCAL, redis.port),
    vendor: await halfOpen(LOCAL, stage.sim.port),
  }
  const setting: Setting = {
    ...stage.setting,
    databaseUrl: urlBy(ways.postgres),
    redisUrl: ways.redis === null ? null : `redis://${LOCAL}:${ways.redis.port}`,
    vendorUrl: `http://${LOCAL}:${ways.vendor.port}`,
    timeoutMs: 1500,
    // Users' ten minutes, shortened: a worker that the queue still hears keeps its work until the statement is given up.
    silenceMs: 5000,
  }
  const stops: (() => Promise<void>)[] = []
  return {
    stage,
    redis,
    ways,
    async killPostgres() {
      await postgres.strike()
      for (const way of [own, ways.postgres]) way.leadTo(postgres.port)
    },
    /** Resolves once it works. */
    async worker(point: string, how: '' | 'look' | 'kill' | 'stop') {
      const flags = ['--import', 'tsx', CHILD, JSON.stringify(setting), point, how]
      const child = spawn(process.execPath, flags, { stdio: ['pipe', 'pipe', 'inherit'] })
      child.stdin.on('error', () => {}) // it has been killed
      const lines: string[] = []
      let text = ''
      const gone = once(child, 'exit')
      const said = (line: string) =>
        new Promise<string>((resolve) => {
          child.stdout.on('data', () => (lines.includes(line) ? resolve(line) : null))
          void gone.then(() => resolve(line)) // killed at the point
        })
      child.stdout.on('data', (bytes: Buffer) => {
        text += bytes.toString()
        const whole = text.split('\n')
        text = whole.pop() ?? ''
        lines.push(...whole.filter((line) => line !== 'ready' || !lines.includes(line)))
      })
      const end = async (signal: NodeJS.Signals): Promise<void> => {
        child.kill(signal)
        await gone
      }
      stops.push(() => (child.exitCode === null && child.signalCode === null ? end('SIGKILL') : Promise.resolve()))
      const struck = said('struck')
      await said('ready')
      return { lines, struck, end: () => end('SIGTERM'), goOn: () => void child.stdin.write('.') }
    },
    async [Symbol.asyncDispose]() {
      for (const stop of stops) await stop()
      await stage[Symbol.asyncDispose]()
      await pool.end()
      for (const way of [own, ...Object.values(ways)]) await way?.[Symbol.asyncDispose]()
      await redis?.[Symbol.asyncDispose]()
      const last = createPool(postgres.url, { max: 1 })
      await last.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`).finally(() => last.end())
    },
  }
}
