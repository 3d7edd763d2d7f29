// The simulated vendors of the soak in a process of their own: they live, fail, and know the truth.
import { generateWorld } from '../src/simulator/generate.ts'
import { realClock } from '../src/simulator/clock.ts'
import { startSimulator } from '../src/simulator/index.ts'
import { churn } from '../src/simulator/live.ts'
import { createRandom } from '../src/simulator/random.ts'
import { Comparison } from '../src/cli/services/demo-compare.ts'
import { DIALECTS, simulatedApps, sourcesYaml, VENDORS } from '../src/cli/services/simulated.ts'
import { createPool } from '../src/store/pool.ts'
import { FAULTS, TRANSPORT } from '../test/torture/faults.ts'

export interface SoakOptions {
  readonly seed: number
  readonly groups: number
  readonly accounts: number
  /** Changes a second of each source. */
  readonly churn: number
  readonly faultPercent: number
  readonly database: string
}
export type Ask = 'live' | 'rest' | 'compare' | 'counts'
export interface Truth {
  readonly compared: number
  readonly differences: number
  readonly falseLeaves: number
  readonly overlaps: number
  readonly events: number
}

const options = JSON.parse(process.argv[2] ?? '') as SoakOptions
const random = createRandom(options.seed)
const apps = VENDORS.map((vendor, n) => {
  const { idStyle, types } = DIALECTS[vendor]
  const { groups, accounts } = options
  const seed = options.seed + n
  return { vendor, name: vendor, world: generateWorld({ seed, groups, accounts, idStyle, types, clock: realClock }) }
})
const simulator = await startSimulator({ apps: simulatedApps(apps), keepSeen: 10 })
const pool = createPool(options.database, { max: 1 })
let life: NodeJS.Timeout | undefined

/** Faults that pass: of the network the same for all, of each vendor its own. */
function live(): void {
  for (const vendor of VENDORS) {
    const names = [...TRANSPORT, ...FAULTS[vendor].passing.filter((name) => name !== '70050')]
    const rate = options.faultPercent / 100 / names.length
    for (const name of names) simulator.addFault({ name, rate, app: vendor })
  }
  life = setInterval(() => {
    for (const { world } of apps) churn(world, random, options.churn)
  }, 1000)
}

function rest(): void {
  simulator.clearFaults()
  clearInterval(life)
}

async function compare(): Promise<Truth> {
  const comparison = new Comparison(pool, apps)
  await comparison.atEndOfSync(Date.now())
  const { compared, differences, falseLeaves, overlaps } = await comparison.finish()
  const events = apps.reduce((sum, { world }) => sum + world.events.length, 0)
  return { compared, differences, falseLeaves, overlaps, events }
}

/** The answers of all endpoints, by what they said. */
function counts(): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const answers of Object.values(simulator.counts()))
    for (const [answer, n] of Object.entries(answers)) sums[answer] = (sums[answer] ?? 0) + n
  return sums
}

process.on('message', (ask: Ask) => {
  const answer = { live, rest, compare, counts }[ask]()
  void Promise.resolve(answer).then((said) => process.send?.(said ?? null))
})
process.on('disconnect', () => process.exit(0))
process.send?.(sourcesYaml(apps, simulator.url, { fast: false }))
