import type { Pool } from 'pg'
import type { VendorKind } from '../../src/core/endpoints.ts'
import { createMemoryLimiter } from '../../src/limits/memory.ts'
import { manualClock } from '../../src/simulator/clock.ts'
import { startSimulator } from '../../src/simulator/index.ts'
import { createWorld } from '../../src/simulator/world.ts'
import { createRuns } from '../../src/store/runs.ts'
import { syncSource } from '../../src/sync/sync-source.ts'
import type { SyncDeps, SyncOptions, SyncSource } from '../../src/sync/types.ts'
import { createTransport } from '../../src/transport/transport.ts'
import { createVendor } from '../../src/vendors/index.ts'
import type { Send } from '../../src/vendors/types.ts'
import { cloneDatabase } from './database.ts'
import { type AppOf, DIALECTS, type TestDialect } from './dialects.ts'

const START = Date.UTC(2026, 0, 1)

export interface RigOptions<V extends VendorKind = VendorKind> {
  /** Default `tencent`. */
  readonly vendor?: V
  readonly start?: number
  readonly quirks?: AppOf<V>['quirks']
  readonly discover?: Partial<SyncSource['discover']>
  readonly types?: readonly string[]
  readonly concurrency?: number
  /** See `SyncDeps`; 0 takes every walked group as a very large one. */
  readonly largeFrom?: number
  readonly fullEveryMs?: number
  readonly timeoutMs?: number
  /** Changes the text of answers on their way, by endpoint: what no server has said yet. */
  readonly garble?: (endpoint: string, text: string) => string
}

/**
 * A simulated vendor with its world, a database of its own, and syncs between them: real sockets, a real PostgreSQL, and
 * one clock that only the test and the waits move.
 */
export async function createRig<V extends VendorKind = 'tencent'>(options: RigOptions<V> = {}) {
  const vendorOf = <K extends VendorKind>(kind: K): TestDialect<K> => DIALECTS[kind]
  const dialect = vendorOf((options.vendor ?? 'tencent') as V)
  const clock = manualClock(options.start ?? START)
  const world = createWorld(clock)
  const app = dialect.app(world, options.quirks)
  const sim = await startSimulator({ apps: [app], wallClock: clock })
  const { pool, url } = await cloneDatabase()
  const runs = createRuns(pool)
  const logged: unknown[] = []
  const rates = new Proxy<Record<string, number>>({}, { get: () => Number.POSITIVE_INFINITY })
  const transport = createTransport({
    source: 'acme',
    limiter: createMemoryLimiter(clock),
    rates,
    timeoutMs: options.timeoutMs ?? 2000,
    random: () => 0.5,
    sleep: (ms) => Promise.resolve(clock.advance(Math.ceil(ms))),
    log: { warn: (fields, message) => void logged.push([message, fields]) },
  })
  // Looking at the clock takes a millisecond: reads and the world's changes lie on one line, in the order they happen.
  const steady = {
    now() {
      clock.advance(1)
      return clock.now()
    },
  }
  const vendor = createVendor(dialect.config(sim.url, options.types), {
    send: garbled(transport.send, options.garble),
    clock: steady,
  })
  const source: SyncSource = {
    name: 'acme',
    vendor,
    discover: Object.defineProperties(
      dialect.discover(world),
      Object.getOwnPropertyDescriptors(options.discover ?? {}),
    ),
    types: options.types ?? null,
    fullEveryMs: options.fullEveryMs,
    traffic: { calls: transport.calls, rateLimited: transport.rateLimited, waiting: () => null },
  }
  const note = (fields: object, message: string) => void logged.push([message, fields])
  const log = { info: note, warn: note }
  const deps: SyncDeps = {
    pool,
    runs,
    clock: steady,
    log,
    concurrency: options.concurrency ?? 8,
    ...(options.largeFrom === undefined ? {} : { largeFrom: options.largeFrom }),
  }
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
    /** All that was logged. */
    logged,
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
function garbled(send: Send, garble: RigOptions['garble']): Send {
  if (garble === undefined) return send
  return (call, signal) =>
    send({ ...call, parse: (answer) => call.parse({ ...answer, text: garble(call.endpoint, answer.text) }) }, signal)
}

export type Rig<V extends VendorKind = VendorKind> = Awaited<ReturnType<typeof createRig<V>>>

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
