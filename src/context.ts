import type { Pool } from 'pg'
import type { Config, SourceConfig } from './config.ts'
import { type Clock, strictlyIncreasing } from './core/clock.ts'
import { createMemoryLimiter } from './limits/memory.ts'
import type { Limiter } from './limits/types.ts'
import type { Log } from './log.ts'
import { startEmbedded } from './store/embedded.ts'
import { migrate, requireMigrated } from './store/migrate.ts'
import { checkServer, createPool } from './store/pool.ts'
import { createRuns, type Runs } from './store/runs.ts'
import type { SyncSource } from './sync/types.ts'
import { createTransport, type Transport } from './transport/transport.ts'
import { createVendor, type VendorConfig } from './vendors/index.ts'

/** What everything below is built from: made once, from the configuration, and closed as a whole. */
export interface Context extends AsyncDisposable {
  readonly pool: Pool
  readonly runs: Runs
  readonly clock: Clock
  readonly log: Log
  /** A source ready to be read, with the transport that counts its calls. */
  openSource(source: SourceConfig): SyncSource & AsyncDisposable
}

export interface ContextOptions {
  readonly log: Log
  readonly signal?: AbortSignal
  /** Default: the system's time. */
  readonly clock?: Clock
  readonly limiter?: Limiter
  /** False: leave the schema as it is and demand nothing of it (`migrate`, `doctor`). */
  readonly migrated?: boolean
}

/**
 * Opens the database (the embedded one where `DATABASE_URL` is absent, brought to this version at once) and what stands
 * on it. Throws an OperatorError with the cure where it cannot be used.
 */
export async function createContext(config: Config, options: ContextOptions): Promise<Context> {
  const { log, signal } = options
  const closing: (() => PromiseLike<void>)[] = []
  try {
    let url = config.databaseUrl
    if (url === null) {
      const embedded = await startEmbedded({ dataDir: config.dataDir, ...(signal === undefined ? {} : { signal }) })
      closing.unshift(() => embedded[Symbol.asyncDispose]())
      url = embedded.url
    }
    const pool = createPool(url, {
      max: 16,
      onError: (error) => log.warn({ err: error }, 'an idle database connection broke'),
    })
    closing.unshift(() => pool.end())
    await checkServer(pool)
    if (options.migrated !== false) await (config.databaseUrl === null ? migrate(pool) : requireMigrated(pool))
    const runs = createRuns(pool)
    closing.unshift(() => runs[Symbol.asyncDispose]())
    const clock = strictlyIncreasing(options.clock ?? { now: () => Date.now() })
    const limiter = options.limiter ?? createMemoryLimiter()
    return {
      pool,
      runs,
      clock,
      log,
      openSource: (source) => openSource(source, { limiter, clock, log }),
      [Symbol.asyncDispose]: () => closeAll(closing),
    }
  } catch (error) {
    await closeAll(closing).catch(() => null) // the first failure is the one to report
    throw error
  }
}

/** Runs every cleanup, newest owner first, even if one throws; then throws the first failure. */
async function closeAll(closing: readonly (() => PromiseLike<void>)[]): Promise<void> {
  const failures: unknown[] = []
  for (const close of closing) {
    try {
      await close()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}

function openSource(
  source: SourceConfig,
  { limiter, clock, log }: { readonly limiter: Limiter; readonly clock: Clock; readonly log: Log },
): SyncSource & AsyncDisposable {
  const transport = createTransport({
    source: source.name,
    limiter,
    rates: source.rates,
    timeoutMs: source.timeoutMs,
    log,
  })
  return {
    name: source.name,
    vendor: createVendor(vendorConfig(source), { send: transport.send, clock }),
    discover: source.discover,
    types: wantedTypes(source),
    traffic: {
      calls: () => transport.calls(),
      rateLimited: () => transport.rateLimited(),
      waiting: () => waitingText(transport),
    },
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  }
}

function vendorConfig(source: SourceConfig): VendorConfig {
  switch (source.vendor) {
    case 'tencent':
      return {
        ...source,
        groupTypes: source.groupTypes ?? [],
        customFields: {
          ...(source.customFields.group === null ? {} : { group: source.customFields.group }),
          ...(source.customFields.member === null ? {} : { member: source.customFields.member }),
        },
      }
    case 'easemob':
      return source
    case 'yunxin':
      return { ...source, teamTypes: source.teamTypes.map((type) => (type === 1 ? 1 : 2)) }
  }
}

function wantedTypes(source: SourceConfig): readonly string[] | null {
  switch (source.vendor) {
    case 'tencent':
      return source.groupTypes
    case 'easemob':
      return null
    case 'yunxin':
      return source.teamTypes.map((type) => (type === 1 ? 'advanced' : 'super'))
  }
}

function waitingText(transport: Transport): string | null {
  const waiting = transport.waiting()
  return waiting === null ? null : `${waiting.endpoint} ${(waiting.ms / 1000).toFixed(1)} s (${waiting.why})`
}
