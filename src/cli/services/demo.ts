import { join, relative } from 'node:path'
import { checkSources } from '../../config/check.ts'
import { parseSourcesFile } from '../../config/file.ts'
import type { Config } from '../../config.ts'
import { manualClock } from '../../simulator/clock.ts'
import { generateWorld } from '../../simulator/generate.ts'
import { startSimulator } from '../../simulator/index.ts'
import { type Living, liveDay } from '../../simulator/live.ts'
import { createRandom } from '../../simulator/random.ts'
import { migrate } from '../../store/migrate.ts'
import { resetDatabase } from '../../store/reset.ts'
import type { DemoAnswer, DemoAsk, Life, SyncResult } from '../types.ts'
import { openContext } from './context.ts'
import { Comparison } from './demo-compare.ts'
import { demoData } from './demo-data.ts'
import { serveDemo } from './demo-live.ts'
import { DIALECTS, type Simulated, simulatedApps, sourcesYaml, VENDORS } from './simulated.ts'
import { syncOne } from './sync.ts'

const DAYS = 42
const DAY_MS = 86_400_000

/** How large each app is, and its changes on a working day. Yunxin's is small: without a list of its teams, everybody is asked. */
const SIZES = {
  tencent: { groups: 200, accounts: 2400, memberships: 8000, changes: 100 },
  easemob: { groups: 80, accounts: 800, memberships: 2800, changes: 40 },
  yunxin: { groups: 40, accounts: 120, memberships: 1200, changes: 20 },
} as const

/**
 * Six weeks in the life of three simulated apps, one a vendor, with a sync of all of them at the end of each day, on a
 * database of its own. Every sync is compared with the simulated truth.
 */
export async function runDemo(config: Config, ask: DemoAsk, life: Life): Promise<DemoAnswer> {
  const started = performance.now()
  const open: AsyncDisposable[] = []
  const closeAll = async (): Promise<void> => {
    for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]()
  }
  try {
    return await openDemo(config, ask, life, started, open, closeAll)
  } catch (error) {
    await closeAll()
    throw error
  }
}

async function openDemo(
  config: Config,
  ask: DemoAsk,
  life: Life,
  started: number,
  open: AsyncDisposable[],
  closeAll: () => Promise<void>,
): Promise<DemoAnswer> {
  const dataDir = join(config.dataDir, 'demo')
  const own = { ...config, databaseUrl: null, redisUrl: null, dataDir }
  const clock = manualClock(Math.floor(Date.now() / DAY_MS) * DAY_MS - DAYS * DAY_MS)
  const apps = VENDORS.map((vendor, n) => {
    const { idStyle, types } = DIALECTS[vendor]
    const { changes, ...size } = SIZES[vendor]
    const world = generateWorld({ seed: 11 + n, ...size, idStyle, types, clock })
    return { vendor, name: `demo-${vendor}`, world, changes } satisfies Simulated & Living
  })
  const random = createRandom(5)
  const simulator = await startSimulator({ apps: simulatedApps(apps, 'off'), wallClock: clock })
  open.push(simulator)
  const { sources } = checkSources(parseSourcesFile(sourcesYaml(apps, simulator.url, { fast: true }), {}), '.')
  const context = await openContext(own, { signal: life.signal, clock, migrated: false })
  open.push(context)
  await resetDatabase(context.pool)
  await migrate(context.pool)
  const comparison = new Comparison(context.pool, apps)
  const syncs: SyncResult[] = []
  const from = clock.now()
  const quiet = { ...life, progress: { ...life.progress, done: () => {} } }
  for (let day = 0; day <= DAYS; day++) {
    if (day > 0) liveDay(apps, random, clock)
    life.signal.throwIfAborted()
    const results = await Promise.all(
      sources.map((source) =>
        syncOne(
          context,
          source,
          { sources: [], groups: [], accounts: [], dryRun: false, wait: true },
          {
            ...quiet,
            progress: {
              ...quiet.progress,
              update: (name, snapshot) => life.progress.update(name, { ...snapshot, phase: `day ${day} of ${DAYS}` }),
            },
          },
        ),
      ),
    )
    syncs.push(...results)
    await comparison.atEndOfSync(context.clock.now())
  }
  for (const { name } of apps) life.progress.done(name, `${DAYS + 1} syncs, ${DAYS} simulated days`)
  const data = await demoData(context.pool, {
    sources: apps,
    from,
    to: clock.now(),
    syncs,
    durationMs: performance.now() - started,
    proof: await comparison.finish(),
    moments: comparison.moments,
  })
  let url: string | null = null
  if (!ask.once) {
    const http = { ...config.http, port: ask.port ?? config.http.port }
    const page = await serveDemo({ context, config: { ...own, sources, http }, apps, clock, random }, life.signal)
    open.push(page)
    url = page.url
  }
  const here = relative(process.cwd(), dataDir)
  return {
    data,
    command: `ROLLCALL_DATA_DIR=${here === '' || here.startsWith('..') ? dataDir : here} npm run -s rollcall --`,
    url,
    [Symbol.asyncDispose]: closeAll,
  }
}
