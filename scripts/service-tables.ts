// Measures the service against simulated vendors, with real databases and worker processes, and prints the tables of
// docs/running.md: node --import tsx scripts/service-tables.ts [limits|resync|workers]. Redis: REDIS_URL, else redis-server.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { startEmbedded } from '../src/store/embedded.ts'
import { migrate } from '../src/store/migrate.ts'
import { createPool } from '../src/store/pool.ts'
import { openStageOn, type Stage, type StageOptions } from '../test/queue/stage.ts'

type Backend = 'Redis' | 'PostgreSQL'
const BACKENDS: readonly Backend[] = ['PostgreSQL', 'Redis']
const [, , what = 'limits'] = process.argv

const folder = mkdtempSync(join(tmpdir(), 'rollcall-tables-'))
const server = await startEmbedded({ dataDir: folder, settings: { max_connections: '200' } })
const redis = await findRedis()
let serial = 0
try {
  if (what === 'resync') await resync()
  else if (what === 'workers') await workers()
  else await limits()
} finally {
  redis.child?.kill('SIGKILL')
  await server[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
}

/** One worker, then three, at 50 calls a second: what the simulator's own record says. */
async function limits(): Promise<void> {
  const limit = 50
  const all = { getAppidGroupList: limit, getJoinedGroupList: limit, getGroupInfo: limit, getGroupMemberInfo: limit }
  console.log(
    '| queue and limiter in | workers | calls | most in any sliding second | rate reached | of the limit | refused |',
  )
  console.log('|---|---|---|---|---|---|---|')
  for (const backend of BACKENDS)
    for (const workers of [1, 3]) {
      await withStage(
        backend,
        {
          groups: 400,
          members: 90,
          rates: { ...all, getRoleInGroup: limit },
          limits: { ...all, getRoleInGroup: limit },
          quirks: { detailsMemberCap: 1, memberLimitCap: 10, overCap: 'clip' },
        },
        async (stage) => {
          for (let n = 0; n < workers; n++) await stage.process()
          await stage.answered(await stage.ask(null), 600_000)
          const { calls, peak, rate, refused } = recordOf(stage)
          const share = `${((100 * rate) / limit).toFixed(1)} %`
          console.log(`| ${backend} | ${workers} | ${calls} | ${peak} | ${rate.toFixed(1)}/s | ${share} | ${refused} |`)
        },
      )
    }
}

function recordOf(stage: Stage): { calls: number; peak: number; rate: number; refused: number } {
  const endpoint = 'getGroupMemberInfo'
  const times = stage.sim.seen.filter((seen) => seen.endpoint === endpoint).map((seen) => seen.at)
  const span = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000
  const counts = Object.values(stage.sim.counts())
  const refused = counts.reduce((sum, one) => sum + (one['refused'] ?? 0), 0)
  return {
    calls: times.length,
    peak: stage.sim.peakRates()[`acme/${endpoint}`] ?? 0,
    rate: (times.length - 1) / span,
    refused,
  }
}

/** Fifty asks for one group each while everything is read at half of the documented limits. */
async function resync(): Promise<void> {
  const documented = { getGroupInfo: 100, getGroupMemberInfo: 200, getRoleInGroup: 200, getAppidGroupList: 100 }
  const rates = { getGroupInfo: 50, getGroupMemberInfo: 100, getRoleInGroup: 100, getAppidGroupList: 50 }
  console.log('| queue and limiter in | workers | asks | p50 | p95 | longest | the full crawl meanwhile |')
  console.log('|---|---|---|---|---|---|---|')
  for (const backend of BACKENDS)
    await withStage(
      backend,
      { groups: 6000, members: 6, rates, limits: documented, quirks: { detailsMemberCap: 1 } },
      async (stage) => {
        for (let n = 0; n < 2; n++) await stage.process()
        const crawl = await stage.ask(null)
        while (((await stage.progress(crawl))?.done ?? 0) < 200) await sleep(50)
        const took: number[] = []
        for (let n = 0; n < 50; n++) {
          const began = performance.now()
          await stage.answered(await stage.ask({ groups: [`@TGS#g${n * 97}`], accounts: [] }, { urgent: true }))
          took.push(performance.now() - began)
        }
        const state = await stage.progress(crawl)
        took.sort((a, b) => a - b)
        const at = (share: number) => `${((took[Math.ceil(share * took.length) - 1] ?? 0) / 1000).toFixed(2)} s`
        const crawled =
          state?.ended === true ? 'ended before the last ask' : `${state?.done} of ${state?.groups} groups read`
        console.log(`| ${backend} | 2 | 50 | ${at(0.5)} | ${at(0.95)} | ${at(1)} | ${crawled} |`)
      },
    )
}

/** 3,000 groups whose details take the vendor 100 ms a call of one group: with one worker, with another, with a third and one killed. */
async function workers(): Promise<void> {
  const wait = 100
  console.log(
    '| queue and limiter in | groups a second with one worker | with two | with three | one of them killed: groups read again | verdict |',
  )
  console.log('|---|---|---|---|---|---|')
  for (const backend of BACKENDS)
    await withStage(backend, { groups: 3000, members: 6, quirks: { detailsMemberCap: 1 } }, async (stage) => {
      stage.sim.addFault({ name: 'slow', app: 'acme', endpoint: 'getGroupMemberInfo', rate: 1, delayMs: wait })
      const one = await stage.process(1)
      const ask = await stage.ask(null)
      const done = async () => (await stage.progress(ask))?.done ?? 0
      while ((await done()) < 50) await sleep(20)
      const rates: string[] = []
      for (const more of [false, true, true]) {
        if (more) await stage.process(1)
        if (more) await sleep(1_000)
        const [from, began] = [await done(), performance.now()]
        await sleep(5_000)
        rates.push((((await done()) - from) / ((performance.now() - began) / 1000)).toFixed(1))
      }
      await one.kill()
      const run = await stage.answered(ask, 600_000)
      const { rows } = await stage.pool.query<{ verdict: string; n: number }>(
        `SELECT verdict, (SELECT count(*)::int FROM rollcall.group_reads WHERE run_id = r.id) AS n FROM rollcall.runs r WHERE id = $1`,
        [run],
      )
      const walked = new Map<string, number>()
      for (const { endpoint, groupIds } of stage.sim.seen)
        if (endpoint === 'getGroupMemberInfo') for (const id of groupIds) walked.set(id, (walked.get(id) ?? 0) + 1)
      const twice = [...walked.values()].filter((n) => n > 1).length
      console.log(`| ${backend} | ${rates.join(' | ')} | ${twice} of ${rows[0]?.n} | ${rows[0]?.verdict} |`)
    })
}

async function withStage(
  backend: Backend,
  options: StageOptions,
  work: (stage: Stage) => Promise<void>,
): Promise<void> {
  serial += 1
  const name = `tables_${serial}`
  const maintenance = createPool(server.url, { max: 1 })
  await maintenance.query(`CREATE DATABASE ${name}`).finally(() => maintenance.end())
  const url = new URL(server.url)
  url.pathname = `/${name}`
  const pool = createPool(url.href, { max: 4 })
  try {
    await migrate(pool)
    const place =
      backend === 'Redis' ? { url: redis.url, prefix: `tables-${process.pid}-${serial}`, wipe: async () => {} } : null
    await using stage = await openStageOn({ url: url.href, pool }, { ...options, redis: place })
    await work(stage)
  } finally {
    await pool.end()
  }
}

async function findRedis(): Promise<{ url: string; child: ChildProcess | null }> {
  const given = process.env['REDIS_URL']
  if (given !== undefined) return { url: given, child: null }
  const child = spawn(
    'redis-server',
    ['--port', '6399', '--bind', '127.0.0.1', '--save', '', '--maxmemory-policy', 'noeviction'],
    { stdio: 'ignore' },
  )
  const url = 'redis://127.0.0.1:6399'
  const probe = new Redis(url, { retryStrategy: () => 50 })
  probe.on('error', () => {})
  await probe.ping()
  probe.disconnect()
  return { url, child }
}
