import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Pool } from 'pg'
import { realClock } from '../../src/simulator/clock.ts'
import type { VendorKind } from '../../src/core/endpoints.ts'
import { type SimApp, startSimulator } from '../../src/simulator/index.ts'
import { createRandom } from '../../src/simulator/random.ts'
import type { TencentApp } from '../../src/simulator/tencent/index.ts'
import type { World } from '../../src/simulator/types.ts'
import { createWorld } from '../../src/simulator/world.ts'
import { addAsk, type AskScope } from '../../src/store/asks.ts'
import { askProgress } from '../../src/store/progress.ts'
import { DIALECTS } from '../support/dialects.ts'
import type { TestRedis } from '../support/redis.ts'
import { openProcess, type Setting } from './bench.ts'

const CHILD = fileURLToPath(new URL('worker-child.ts', import.meta.url))

export interface StageOptions {
  readonly groups: number
  readonly members: number
  readonly redis?: Pick<TestRedis, 'url' | 'prefix' | 'wipe'> | null
  readonly rates?: Readonly<Record<string, number>>
  /** Default `tencent`; the others' pages are small. */
  readonly vendor?: VendorKind
  /** Of Tencent's app. */
  readonly limits?: TencentApp['limits']
  readonly quirks?: TencentApp['quirks']
  readonly logLevel?: string
  readonly sources?: readonly string[]
  readonly fresh?: Setting['fresh']
  readonly retain?: Setting['retain']
  readonly fullEveryMs?: number
}

/** A simulated vendor, a queue and as many workers as are asked for, on a database with every migration applied. */
export async function openStageOn({ url, pool }: { url: string; pool: Pool }, options: StageOptions) {
  const world = createWorld(realClock)
  const random = createRandom(3)
  const { vendor = 'tencent' } = options
  for (let g = 0; g < options.groups; g++) {
    const groupId = vendor === 'tencent' ? `@TGS#g${g}` : DIALECTS[vendor].groupId(g)
    world.createGroup({ groupId, type: DIALECTS[vendor].types[0] ?? '', name: `group ${g}` })
    const size = 1 + random.int(options.members)
    for (let m = 0; m < size; m++) world.join(groupId, `u${g}_${m}`, { role: m === 0 ? 'Owner' : 'Member' })
  }
  const app = appOf(options, world)
  const sim = await startSimulator({ apps: [app], wallClock: realClock, keepSeen: 200_000 })
  const setting: Setting = {
    databaseUrl: url,
    redisUrl: options.redis?.url ?? null,
    prefix: options.redis?.prefix ?? 'rollcall-test',
    vendorUrl: sim.url,
    vendor,
    // No list of all teams: the lists of their owners.
    ...(vendor === 'yunxin' ? { accounts: Array.from({ length: options.groups }, (_, g) => `u${g}_0`) } : {}),
    ...(options.rates === undefined ? {} : { rates: options.rates }),
    ...(options.fresh === undefined ? {} : { fresh: options.fresh }),
    ...(options.retain === undefined ? {} : { retain: options.retain }),
    ...(options.fullEveryMs === undefined ? {} : { fullEveryMs: options.fullEveryMs }),
    ...(options.sources === undefined ? {} : { sources: options.sources }),
    ...(options.logLevel === undefined ? {} : { logLevel: options.logLevel }),
  }
  const own = await openProcess(setting)
  const sourceNo = await own.context.runs.source('acme', vendor)
  const children = new Set<ChildProcess>()
  const workers: (() => Promise<null>)[] = []
  return {
    world,
    app,
    sim,
    pool,
    setting,
    own,
    sourceNo,
    /** A worker in this process, with connections of its own. */
    async worker(concurrency = 4): Promise<Pick<Worker, 'end'>> {
      const opened = await openProcess(setting)
      const worker = await opened.service.work({ concurrency, watchEveryMs: 2_000, graceMs: 3_000 })
      let ended: Promise<null> | undefined
      const end = () =>
        (ended ??= (async () => {
          await worker.stop()
          await opened[Symbol.asyncDispose]()
          return null
        })())
      workers.push(end)
      return { end }
    },
    /** A worker that can be killed: a process of its own. */
    async process(concurrency = 4): Promise<Worker> {
      const child = spawn(process.execPath, ['--import', 'tsx', CHILD, JSON.stringify(setting), String(concurrency)], {
        stdio: ['pipe', 'pipe', 'inherit'],
      })
      children.add(child)
      const gone = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
      await new Promise<void>((resolve, reject) => {
        child.stdout.once('data', () => resolve())
        void gone.then((code) => reject(new Error(`the worker ended with ${code}`)))
      })
      return {
        kill: () => (child.kill('SIGKILL'), gone),
        end: () => (child.kill('SIGTERM'), gone),
      }
    },
    /** Asks for a run, as `resync` and the schedules do. */
    async ask(scope: AskScope, more: { urgent?: boolean } = {}): Promise<number> {
      const urgent = more.urgent ?? false
      const askNo = await addAsk(pool, sourceNo, { trigger: 'manual', scope, urgent })
      await own.service.enqueue('start-sync', [{ ask: askNo }], { urgent })
      return askNo
    },
    async answered(askNo: number, patienceMs = 60_000): Promise<number> {
      const deadline = Date.now() + patienceMs
      for (;;) {
        const progress = await askProgress(pool, askNo)
        if (progress?.ended === true) return progress.runNo ?? 0
        if (Date.now() > deadline) throw new Error(`ask ${askNo} is not answered: ${JSON.stringify(progress)}`)
        await sleep(20)
      }
    },
    async progress(askNo: number) {
      return askProgress(pool, askNo)
    },
    async [Symbol.asyncDispose]() {
      for (const child of children) child.kill('SIGKILL')
      await Promise.all(workers.map((end) => end()))
      await own[Symbol.asyncDispose]()
      await sim.close()
    },
  }
}
function appOf({ vendor, limits = 'off', quirks = {} }: StageOptions, world: World): SimApp {
  const { tencent, easemob, yunxin } = DIALECTS
  switch (vendor) {
    case 'easemob':
      return easemob.app(world, easemob.smallPages)
    case 'yunxin':
      return yunxin.app(world, yunxin.smallPages)
    default:
      return { ...tencent.app(world, quirks), limits }
  }
}

export type Stage = Awaited<ReturnType<typeof openStageOn>>

export interface Worker {
  kill(): Promise<number | null>
  /** In order, as SIGTERM does. */
  end(): Promise<number | null>
}
