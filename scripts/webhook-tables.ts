// From a change in a simulated vendor's world to its row in member_changes, by webhook, through `rollcall up`; then a burst of
// events. Prints the tables of docs/webhooks.md: npm run build && node --import tsx scripts/webhook-tables.ts [latency|burst]. Redis: REDIS_URL.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { realClock } from '../src/simulator/clock.ts'
import { type Simulator, startSimulator } from '../src/simulator/index.ts'
import { createRandom } from '../src/simulator/random.ts'
import type { TencentApp } from '../src/simulator/tencent/index.ts'
import { deliveryOf, startWebhooks, type WebhookSettings } from '../src/simulator/webhooks.ts'
import { createWorld } from '../src/simulator/world.ts'
import { startEmbedded } from '../src/store/embedded.ts'
import { migrate } from '../src/store/migrate.ts'
import { createPool } from '../src/store/pool.ts'

const TOKEN = 'simulated-callback-token'
const KEY = 'f3a9c1b77d204e5db6a8c1b77d204e5d'
const GROUPS = 300
const SECONDS = 12
type Backend = 'PostgreSQL' | 'Redis'
const redisUrl = process.env['REDIS_URL']
const BACKENDS: readonly Backend[] = redisUrl === undefined ? ['PostgreSQL'] : ['PostgreSQL', 'Redis']

const folder = mkdtempSync(join(tmpdir(), 'rollcall-webhooks-'))
const server = await startEmbedded({ dataDir: join(folder, 'data'), settings: { max_connections: '200' } })
let serial = 0
try {
  const [, , what = 'both'] = process.argv
  if (what !== 'burst') await latencies()
  if (what !== 'latency') await bursts()
} finally {
  await server[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
}

async function latencies(): Promise<void> {
  console.log('| queue in | changes a second | webhooks | changes | median | p95 | wrong rows | after the next sync |')
  console.log('|---|--:|---|--:|--:|--:|--:|---|')
  for (const backend of BACKENDS) {
    for (const rate of [1, 10, 100]) await latency(backend, rate, 'as they come', {})
    await latency(backend, 10, 'all lost', { lose: 1 })
    await latency(backend, 10, 'each told twice', { repeat: 1 })
    await latency(backend, 10, 'half of them 2 s late, so out of order', { reorder: 0.5, delayMs: 2_000 })
    await latency(backend, 10, 'all 2 s late', { reorder: 1, delayMs: 2_000 })
  }
}

async function bursts(): Promise<void> {
  console.log(
    '| queue in | events | connections | answered in, median | p99 | longest | other answers | groups | reads of a group, at the most |',
  )
  console.log('|---|--:|--:|--:|--:|--:|--:|--:|--:|')
  for (const backend of BACKENDS) await burst(backend)
}

async function latency(backend: Backend, rate: number, what: string, faults: Partial<WebhookSettings>): Promise<void> {
  await using stage = await openStage(backend)
  const { world, pool } = stage
  const random = createRandom(7)
  const seen = watchChanges(stage)
  await using webhooks = startWebhooks(stage.app, { url: stage.hook, secret: TOKEN, random, ...faults })
  const began = performance.now()
  for (let n = 0; n < rate * SECONDS; n++) {
    await sleep(Math.max(0, began + (n * 1000) / rate - performance.now()))
    const group = `@TGS#g${random.int(GROUPS)}`
    const last = [...(world.groups.get(group)?.members.keys() ?? [])].at(-1) ?? ''
    if (last.startsWith('new') && random.chance(0.5)) world.leave(group, last)
    else world.join(group, `new${n}`)
  }
  await sleep(faults.lose === 1 ? 3_000 : 6_000)
  const took = seen.stop()
  const changes = world.events.filter(({ op, t }) => (op === 'member.join' || op === 'member.leave') && t >= stage.at)
  const wrong = took.wrong
  await stage.sync()
  const { rows } = await pool.query<{ roll: string }>(
    `SELECT string_agg(group_id || ' ' || account_id, ',' ORDER BY group_id COLLATE "C", account_id COLLATE "C") AS roll FROM rollcall.current_members`,
  )
  const truth = [...world.groups.values()].flatMap(({ groupId, members }) =>
    [...members.keys()].map((id) => `${groupId} ${id}`),
  )
  const exact = rows[0]?.roll === truth.sort(bytewise).join(',') ? 'exact' : 'NOT EXACT'
  const at = (share: number) =>
    took.ms.length === 0 ? '–' : `${((took.ms[Math.ceil(share * took.ms.length) - 1] ?? 0) / 1000).toFixed(2)} s`
  console.log(
    `| ${backend} | ${rate} | ${what} | ${took.ms.length} of ${changes.length} seen | ${at(0.5)} | ${at(0.95)} | ${wrong} | ${exact} |`,
  )
  if (webhooks.refused() > 0) console.error(`${webhooks.refused()} deliveries were refused`)
}

function bytewise(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

/** Looks for new rows all the time and notes how long after the vendor's change each came. Joins and leaves between two looks cancel out. */
function watchChanges({ pool, world, at }: Stage) {
  let over = false
  let last = '0'
  let wrong = 0
  const ms: number[] = []
  const looking = (async () => {
    while (!over) {
      const { rows } = await pool.query<{ id: string; group_id: string; account_id: string; kind: string }>(
        `SELECT id::text AS id, group_id, account_id, kind FROM rollcall.member_changes
         WHERE id > $1 AND account_id LIKE 'new%' AND kind IN ('joined', 'left') ORDER BY id`,
        [last],
      )
      const now = Date.now()
      for (const row of rows) {
        last = row.id
        const op = row.kind === 'joined' ? 'member.join' : 'member.leave'
        const event = world.events.findLast(
          (one) => one.op === op && 'account' in one && one.account === row.account_id && one.group === row.group_id,
        )
        if (event === undefined || event.t < at) wrong += 1
        else ms.push(now - event.t)
      }
      await sleep(20)
    }
  })()
  return {
    stop() {
      over = true
      void looking
      return { ms: ms.toSorted((a, b) => a - b), wrong }
    },
  }
}

/** 5,000 events of 50 groups, as fast as 64 connections carry them. */
async function burst(backend: Backend): Promise<void> {
  await using stage = await openStage(backend)
  const [events, connections] = [5_000, 64]
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const took: number[] = []
  let others = 0
  let next = 0
  const began = Date.now()
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (let n = next++; n < events; n = next++) {
        const delivery = deliveryOf(
          stage.app,
          TOKEN,
          { t: began + n, op: 'member.join', group: `@TGS#g${n % 50}`, account: `b${n}`, role: 'Member', set: {} },
          n,
        )
        const from = performance.now()
        const status = await post(agent, stage.hook + (delivery?.query ?? ''), delivery?.body ?? '')
        took.push(performance.now() - from)
        if (status !== 200) others += 1
      }
    }),
  )
  agent.destroy()
  const ended = Date.now()
  await sleep(5_000)
  const { rows } = await stage.pool.query<{ groups: number; most: number }>(
    `SELECT count(DISTINCT d.group_id)::int AS groups, max(d.n)::int AS most FROM (
       SELECT d.group_id, count(*) AS n FROM rollcall.group_reads d JOIN rollcall.runs r ON r.id = d.run_id
       WHERE r.trigger = 'webhook' GROUP BY d.group_id) d`,
  )
  const windows = Math.floor((ended - began) / 1000) + 1
  const sorted = took.toSorted((a, b) => a - b)
  const at = (share: number) => `${(sorted[Math.ceil(share * sorted.length) - 1] ?? 0).toFixed(0)} ms`
  console.log(
    `| ${backend} | ${events} in ${((ended - began) / 1000).toFixed(1)} s | ${connections} | ${at(0.5)} | ${at(0.99)} | ${at(1)} | ${others} | ${rows[0]?.groups} | ${rows[0]?.most} in ${windows} windows |`,
  )
}

function post(agent: Agent, url: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { method: 'POST', agent, headers: { 'content-type': 'application/json' } }, (answer) => {
      answer.on('end', () => resolve(answer.statusCode ?? 0)).resume()
    })
      .on('error', reject)
      .end(body)
  })
}

type Stage = Awaited<ReturnType<typeof openStage>>

/** A world of groups that have been read once, and the real program in a process of its own. */
async function openStage(backend: Backend) {
  serial += 1
  const world = createWorld(realClock)
  for (let g = 0; g < GROUPS; g++) {
    world.createGroup({ groupId: `@TGS#g${g}`, type: 'Public', name: `group ${g}` })
    for (let m = 0; m < 20; m++) world.join(`@TGS#g${g}`, `u${m}`, { role: m === 0 ? 'Owner' : 'Member' })
  }
  const app: TencentApp = {
    vendor: 'tencent',
    name: 'acme',
    sdkAppId: 1400000001,
    secretKey: KEY,
    admins: ['administrator'],
    world,
  }
  const sim: Simulator = await startSimulator({ apps: [app] })
  const maintenance = createPool(server.url, { max: 1 })
  await maintenance.query(`CREATE DATABASE hooks_${serial}`).finally(() => maintenance.end())
  const url = new URL(server.url)
  url.pathname = `/hooks_${serial}`
  const pool = createPool(url.href, { max: 2 })
  await migrate(pool)
  const config = join(folder, `rollcall-${serial}.yaml`)
  writeFileSync(
    config,
    `sources:\n  - { name: acme-${serial}, vendor: tencent, baseUrl: "${sim.url}", sdkAppId: 1400000001, identifier: administrator,
    secretKey: ${KEY}, discover: { allGroups: true }, webhook: { token: ${TOKEN} } }\n`,
  )
  const env = {
    PATH: process.env['PATH'] ?? '',
    DATABASE_URL: url.href,
    HTTP_PORT: '0',
    LOG_LEVEL: 'warn',
    ...(backend === 'Redis' && redisUrl !== undefined ? { REDIS_URL: redisUrl } : {}),
  }
  const program = (...args: string[]): ChildProcess =>
    spawn(process.execPath, ['dist/src/cli/main.js', ...args, '--config', config], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
  const ended = (child: ChildProcess) => new Promise<number | null>((resolve) => child.once('exit', resolve))
  const sync = async () => ended(program('sync'))
  await sync()
  const up = program('up')
  const page = await new Promise<string>((resolve, reject) => {
    let text = ''
    up.stderr?.on('data', (more: Buffer) => {
      text += more.toString()
      const found = /web page: (\S+)/.exec(text)?.[1]
      if (found !== undefined) resolve(found)
    })
    up.once('exit', (code) => reject(new Error(`up ended with ${code}: ${text}`)))
  })
  return {
    world,
    app,
    pool,
    sync,
    at: Date.now(),
    hook: `${page}/hooks/acme-${serial}`,
    async [Symbol.asyncDispose]() {
      const gone = ended(up)
      up.kill('SIGTERM')
      await gone
      await pool.end()
      await sim.close()
    },
  }
}
