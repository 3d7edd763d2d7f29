import { setTimeout as sleep } from 'node:timers/promises'
import type { Config, SourceConfig } from '../../config.ts'
import type { Context } from '../../context.ts'
import type { ManualClock } from '../../simulator/clock.ts'
import { churn, type Living } from '../../simulator/live.ts'
import type { Random } from '../../simulator/random.ts'
import type { World } from '../../simulator/types.ts'
import type { ResyncAsk } from '../../http/types.ts'
import type { Simulated } from './simulated.ts'
import { startPage } from './page.ts'
import { heldIn } from './page-held.ts'
import { resyncHere } from './page-here.ts'
import { syncOne } from './sync.ts'

export interface DemoWorld {
  readonly context: Context
  /** With the sources of the demo. */
  readonly config: Config
  readonly apps: readonly (Simulated & Living)[]
  readonly clock: ManualClock
  readonly random: Random
}

const EVERY_MS = 60_000
const CHANGES = 4
const QUIET = { update() {}, done() {}, note() {}, stop() {} }
const WHOLE = { sources: [], groups: [], accounts: [], dryRun: false, wait: true }

/** Serves the page over the demo's history, in a world that lives on: every minute somebody comes, goes or is renamed. */
export async function serveDemo(
  demo: DemoWorld,
  signal: AbortSignal,
): Promise<AsyncDisposable & { readonly url: string }> {
  const { context, config, apps, clock, random } = demo
  const over = new AbortController()
  const life = { signal: AbortSignal.any([signal, over.signal]), progress: QUIET }
  const toNow = (): void => clock.set(Math.max(clock.now() + 1, Date.now()))
  const syncAll = () => Promise.all(config.sources.map((source) => syncOne(context, source, WHOLE, life)))
  toNow()
  const [first] = apps
  if (first !== undefined) manyLeave(first.world)
  await syncAll()
  const before = (source: SourceConfig, ask: ResyncAsk): void => {
    toNow()
    const app = apps.find(({ name }) => name === source.name)
    for (const groupId of ask.groups) if (app !== undefined) someLife(app.world, groupId, random)
  }
  const page = await startPage({
    pool: context.pool,
    log: context.log,
    sources: config.sources,
    http: config.http,
    resync: resyncHere(context, config.sources, life.signal, before),
    held: heldIn(context, config, life.signal),
    queue: null,
  })
  const living = (async () => {
    for (;;) {
      await sleep(EVERY_MS, undefined, { signal: life.signal })
      toNow()
      for (const { world } of apps) churn(world, random, CHANGES)
      await syncAll()
    }
  })().catch((error: unknown) => {
    if (!life.signal.aborted) context.log.warn({ err: error }, 'the simulated world stands still')
  })
  return {
    url: page.url,
    async [Symbol.asyncDispose]() {
      over.abort()
      await page[Symbol.asyncDispose]()
      await living
    },
  }
}

/** Half of the largest group walks out at once: the guard holds these leaves until somebody has looked. */
function manyLeave(world: World): void {
  const [largest] = [...world.groups.values()]
    .filter((group) => group.dissolvedAt === null && group.type !== 'AVChatRoom')
    .sort((a, b) => b.members.size - a.members.size)
  if (largest === undefined) return
  const members = world.listMembers(largest.groupId).filter((member) => member.role === 'Member')
  for (const { accountId } of members.slice(0, Math.ceil(members.length * 0.4))) world.leave(largest.groupId, accountId)
}

/** Somebody comes and somebody goes, so that a read finds what the page can show. */
function someLife(world: World, groupId: string, random: Random): void {
  const group = world.groups.get(groupId)
  if (group === undefined || group.dissolvedAt !== null) return
  const outside = world.accounts().filter((account) => !group.members.has(account))
  if (outside.length > 0) world.join(groupId, random.pick(outside))
  const plain = world.listMembers(groupId).filter((member) => member.role === 'Member')
  if (plain.length > 5) world.leave(groupId, random.pick(plain).accountId)
}
