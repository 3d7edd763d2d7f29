import { UsageError } from '../../core/errors.ts'
import { manualClock, realClock } from '../../simulator/clock.ts'
import { generateWorld } from '../../simulator/generate.ts'
import { type Simulator, startSimulator } from '../../simulator/index.ts'
import { churn } from '../../simulator/live.ts'
import { playTimeline } from '../../simulator/player.ts'
import { createRandom } from '../../simulator/random.ts'
import { loadTimeline } from '../../simulator/timeline.ts'
import type { World } from '../../simulator/types.ts'
import { createWorld } from '../../simulator/world.ts'
import { counted } from '../format.ts'
import type { SimulateAnswer, SimulateAsk } from '../types.ts'
import { DIALECTS, type Simulated, simulatedApps, sourcesYaml, VENDORS } from './simulated.ts'

/** Serves simulated vendors until disposed of; the world changes while it runs, as often as asked. */
export async function runSimulate(ask: SimulateAsk): Promise<SimulateAnswer> {
  const worlds = VENDORS.map((vendor, n) => ({ vendor, name: `sim-${vendor}`, world: worldOf(ask, vendor, n) }))
  const simulator = await startSimulator({ apps: simulatedApps(worlds), port: ask.port })
  try {
    for (const fault of ask.faults) addFault(simulator, fault)
  } catch (error) {
    await simulator.close()
    throw error
  }
  const life = live(worlds, ask.churn)
  return {
    url: simulator.url,
    sourcesYaml: sourcesYaml(worlds, simulator.url),
    says: worlds.map(({ name, world }) => `${name} (${holds(world)})`).join(', '),
    async [Symbol.asyncDispose]() {
      clearInterval(life)
      await simulator.close()
    },
  }
}

function addFault(simulator: Simulator, fault: SimulateAsk['faults'][number]): void {
  try {
    simulator.addFault(fault)
  } catch (error) {
    throw new UsageError(`--fault: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

/** Each vendor's app has a world of its own: made up from a seed of its own, or the same history under its own ids. */
function worldOf({ world }: SimulateAsk, vendor: (typeof VENDORS)[number], n: number): World {
  const { idStyle, types, groupId } = DIALECTS[vendor]
  if (world.kind === 'seed') return generateWorld({ ...world, seed: world.seed + n, idStyle, types, clock: realClock })
  const timeline = load(world.path)
  const clock = manualClock((timeline.events[0]?.t ?? 0) * 1000)
  const played = createWorld(clock)
  playTimeline(timeline, played, {
    clock,
    mapGroup: groupId,
    type: types[0] ?? '',
    untilT: timeline.events.at(-1)?.t ?? 0,
  })
  return played
}

function load(path: string) {
  try {
    return loadTimeline(path)
  } catch (error) {
    throw new UsageError(`--world ${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

/** Lets the worlds change a few times a second; the same seed gives the same changes. */
function live(worlds: readonly Simulated[], perSecond: number): NodeJS.Timeout | undefined {
  if (perSecond === 0) return undefined
  const random = createRandom(2)
  let due = 0
  return setInterval(() => {
    due += perSecond / 4
    for (const { world } of worlds) churn(world, random, Math.floor(due))
    due %= 1
  }, 250)
}

function holds(world: World): string {
  const groups = [...world.groups.values()].filter((group) => group.dissolvedAt === null)
  const members = groups.reduce((sum, group) => sum + group.members.size, 0)
  return `${counted(groups.length, 'group')}, ${counted(members, 'membership')}`
}
