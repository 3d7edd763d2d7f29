import { join, relative } from 'node:path'
import { checkSources } from '../../config/check.ts'
import { parseSourcesFile } from '../../config/file.ts'
import type { Config } from '../../config.ts'
import { manualClock } from '../../simulator/clock.ts'
import { generateWorld } from '../../simulator/generate.ts'
import { startSimulator } from '../../simulator/index.ts'
import { liveDay } from '../../simulator/live.ts'
import { createRandom } from '../../simulator/random.ts'
import { migrate } from '../../store/migrate.ts'
import { resetDatabase } from '../../store/reset.ts'
import type { DemoAnswer, DemoAsk, Life, SyncResult } from '../types.ts'
import { openContext } from './context.ts'
import { Comparison } from './demo-compare.ts'
import { demoData } from './demo-data.ts'
import { type Simulated, simulatedApps, sourcesYaml, VENDORS } from './simulated.ts'
import { syncOne } from './sync.ts'

const DAYS = 42
const DAY_MS = 86_400_000
const FAST =
  'limits: { getAppidGroupList: 1000, getGroupInfo: 10000, getGroupMemberInfo: 10000, getRoleInGroup: 10000, getJoinedGroupList: 10000 }'

/**
 * Six weeks in the life of simulated apps, a sync at the end of each day, on a database of its own. Every sync is compared
 * with the simulated truth.
 */
export async function runDemo(config: Config, _ask: DemoAsk, life: Life): Promise<DemoAnswer> {
  const started = performance.now()
  const dataDir = join(config.dataDir, 'demo')
  const own = { ...config, databaseUrl: null, redisUrl: null, dataDir }
  const clock = manualClock(Math.floor(Date.now() / DAY_MS) * DAY_MS - DAYS * DAY_MS)
  const apps = VENDORS.map(
    (vendor, n): Simulated => ({
      vendor,
      name: `demo-${vendor}`,
      world: generateWorld({ seed: 11 + n, groups: 300, accounts: 4000, memberships: 12_000, clock }),
    }),
  )
  const random = createRandom(5)
  await using simulator = await startSimulator({ apps: simulatedApps(apps, 'off'), wallClock: clock })
  const { sources } = checkSources(parseSourcesFile(sourcesYaml(apps, simulator.url, FAST), {}), '.')
  await using context = await openContext(own, { signal: life.signal, clock, migrated: false })
  await resetDatabase(context.pool)
  await migrate(context.pool)
  const comparison = new Comparison(context.pool, apps)
  const syncs: SyncResult[] = []
  const from = clock.now()
  const quiet = { ...life, progress: { ...life.progress, done: () => {} } }
  for (let day = 0; day <= DAYS; day++) {
    if (day > 0) for (const { world } of apps) liveDay(world, random, { clock, changes: 150 })
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
    source: apps[0]?.name ?? '',
    from,
    to: clock.now(),
    syncs,
    durationMs: performance.now() - started,
    proof: await comparison.finish(),
    moments: comparison.moments,
  })
  const here = relative(process.cwd(), dataDir)
  return {
    data,
    command: `ROLLCALL_DATA_DIR=${here === '' || here.startsWith('..') ? dataDir : here} npm run -s rollcall --`,
    url: null,
    async [Symbol.asyncDispose]() {},
  }
}
