import type { Pool } from 'pg'
import { createMemoryLimiter } from '../../src/limits/memory.ts'
import { manualClock } from '../../src/simulator/clock.ts'
import { startSimulator } from '../../src/simulator/index.ts'
import type { TencentApp } from '../../src/simulator/tencent/index.ts'
import { createWorld } from '../../src/simulator/world.ts'
import { createRuns } from '../../src/store/runs.ts'
import { syncSource } from '../../src/sync/sync-source.ts'
import type { SyncDeps, SyncOptions, SyncSource } from '../../src/sync/types.ts'
import { createTransport } from '../../src/transport/transport.ts'
import { createVendor } from '../../src/vendors/index.ts'
import { cloneDatabase } from './database.ts'

const KEY = 'f3a9c1b77d204e5db6a8c1b77d204e5d'
const START = Date.UTC(2026, 0, 1)

export interface RigOptions {
  readonly start?: number
  readonly quirks?: TencentApp['quirks']
  readonly discover?: Partial<SyncSource['discover']>
  readonly types?: readonly string[]
  readonly concurrency?: number
  readonly timeoutMs?: number
}

/**
 * A simulated vendor with its world, a database of its own, and syncs between them: real sockets, a real PostgreSQL, and
 * one clock that only the test and the waits move.
 */
export async function createRig(options: RigOptions = {}) {
  const clock = manualClock(options.start ?? START)
  const world = createWorld(clock)
  const app: TencentApp = {
    vendor: 'tencent',
    name: 'acme',
    sdkAppId: 1400000001,
    secretKey: KEY,
    admins: ['administrator'],
    world,
    quirks: options.quirks ?? {},
    limits: 'off',
  }
  const sim = await startSimulator({ apps: [app], wallClock: clock })
  const { pool, url } = await cloneDatabase()
  const runs = createRuns(pool)
  const rates = new Proxy<Record<string, number>>({}, { get: () => Number.POSITIVE_INFINITY })
  const transport = createTransport({
    source: 'acme',
    limiter: createMemoryLimiter(clock),
    rates,
    timeoutMs: options.timeoutMs ?? 2000,
    random: () => 0.5,
    sleep: (ms) => Promise.resolve(clock.advance(Math.ceil(ms))),
  })
  // Looking at the clock takes a millisecond: reads and the world's changes lie on one line, in the order they happen.
  const steady = {
    now() {
      clock.advance(1)
      return clock.now()
    },
  }
  const vendor = createVendor(
    {
      vendor: 'tencent',
      baseUrl: sim.url,
      sdkAppId: 1400000001,
      identifier: 'administrator',
      secretKey: KEY,
      groupTypes: options.types ?? [],
    },
    { send: transport.send, clock: steady },
  )
  const source: SyncSource = {
    name: 'acme',
    vendor,
    discover: { accounts: [], allGroups: true, groups: [], expand: 'none', ...options.discover },
    types: options.types ?? null,
    traffic: { calls: transport.calls, rateLimited: transport.rateLimited, waiting: () => null },
  }
  const log = { info: () => {}, warn: () => {} }
  const deps: SyncDeps = { pool, runs, clock: steady, log, concurrency: options.concurrency ?? 8 }
  return {
    clock,
    world,
    app,
    sim,
    pool,
    url,
    source,
    deps,
    transport,
    /** Syncs some time after whatever happened last. */
    async sync(sync: SyncOptions & { readonly signal?: AbortSignal; readonly afterMs?: number } = {}) {
      clock.advance(sync.afterMs ?? 60_000)
      return syncSource(deps, source, sync, sync.signal ?? new AbortController().signal)
    },
    async [Symbol.asyncDispose]() {
      await transport[Symbol.asyncDispose]()
      await runs[Symbol.asyncDispose]()
      await sim.close()
      await pool.end()
    },
  }
}
export type Rig = Awaited<ReturnType<typeof createRig>>

/** The whole roll as the views show it: group → name and account → role, to compare with the world's truth. */
export async function shownRoll(
  pool: Pool,
): Promise<Record<string, { name: string; members: Record<string, string> }>> {
  const groups = await pool.query<{ group_id: string; name: string }>(
    'SELECT group_id, name FROM rollcall.current_groups WHERE dissolved_at IS NULL ORDER BY group_id',
  )
  const members = await pool.query<{ group_id: string; account_id: string; role: string }>(
    'SELECT group_id, account_id, role FROM rollcall.current_members ORDER BY group_id, account_id',
  )
  const roll = Object.fromEntries(
    groups.rows.map(({ group_id, name }) => [group_id, { name, members: {} as Record<string, string> }]),
  )
  for (const { group_id, account_id, role } of members.rows) {
    const group = roll[group_id]
    if (group === undefined) throw new Error(`${account_id} is shown as a member of ${group_id}, which is not there`)
    group.members[account_id] = role
  }
  return roll
}

/** The same of the simulated world. */
export function trueRoll(rig: Rig): Awaited<ReturnType<typeof shownRoll>> {
  return Object.fromEntries(
    [...rig.world.groups.values()]
      .filter((group) => group.dissolvedAt === null)
      .map((group) => [
        group.groupId,
        {
          name: group.name,
          members: Object.fromEntries([...group.members.values()].map((m) => [m.accountId, m.role.toLowerCase()])),
        },
      ]),
  )
}

/** Stays of one member in one group that overlap: the database should make this empty for ever. */
export async function overlaps(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(`
    SELECT count(*)::int AS n FROM rollcall.membership_intervals a JOIN rollcall.membership_intervals b
      USING (source, group_id, account_id)
    WHERE a.start_at < b.start_at AND coalesce(a.end_at, 'infinity') > b.start_at`)
  return rows[0]?.n ?? -1
}

/** Every membership row's physical place and writing transaction: equal before and after means not one was rewritten. */
export async function rowPlaces(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ places: string }>(
    `SELECT md5(coalesce(string_agg(ctid::text || xmin::text, ',' ORDER BY group_no, account_id), '')) AS places
     FROM rollcall.member`,
  )
  return rows[0]?.places ?? ''
}
