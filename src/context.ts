import type { Pool } from 'pg'
import type { Config, SourceConfig } from './config.ts'
import { type Clock, strictlyIncreasing } from './core/clock.ts'
import { Redis } from 'ioredis'
import { createMemoryLimiter } from './limits/memory.ts'
import { createPostgresLimiter } from './limits/postgres.ts'
import { createRedisLimiter } from './limits/redis.ts'
import type { Limiter } from './limits/types.ts'
import type { Log } from './log.ts'
import { startEmbedded } from './store/embedded.ts'
import { createLimitPlaces } from './store/limit-places.ts'
import { migrate, requireMigrated } from './store/migrate.ts'
import { checkServer, createPool } from './store/pool.ts'
import { createRuns, type Runs } from './store/runs.ts'
import type { SyncSource } from './sync/types.ts'
import { openTracing, type Trace } from './trace.ts'
import { CONNECTIONS, createHttp, type Http } from './transport/http.ts'
import { createTransport, type Transport } from './transport/transport.ts'
import { createVendor, type VendorConfig } from './vendors/index.ts'

/** What everything below is built from: made once, from the configuration, and closed as a whole. */
export interface Context extends AsyncDisposable {
  readonly pool: Pool
  readonly runs: Runs
  readonly clock: Clock
  readonly log: Log
  readonly trace: Trace | undefined
  /** Of the accounts that are not kept by name; null where there is none. Not to be shown. */
  readonly pseudonymKey: string | null
  /** Of the database in use: with the password, not to be shown. */
  readonly databaseUrl: string
  /** A source ready to be read, with the transport that counts its calls. Urgent: its calls go first. */
  openSource(source: SourceConfig, options?: { readonly urgent?: boolean }): SyncSource & AsyncDisposable
}

export interface ContextOptions {
  readonly log: Log
  readonly signal?: AbortSignal
  /** Default: the system's time. */
  readonly clock?: Clock
  /** Default: the one all processes share, in Redis where `REDIS_URL` is set, else in PostgreSQL. */
  readonly limiter?: Limiter
  /** Of every key in Redis. */
  readonly redisPrefix?: string
  /** See `createPool`. */
  readonly silenceMs?: number
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
    const tracing = await openTracing(config.otlpEndpoint, (error) =>
      log.warn({ err: error }, 'the last spans did not arrive'),
    )
    closing.unshift(() => tracing[Symbol.asyncDispose]())
    const { trace } = tracing
    let url = config.databaseUrl
    if (url === null) {
      const embedded = await startEmbedded({ dataDir: config.dataDir, ...(signal === undefined ? {} : { signal }) })
      closing.unshift(() => embedded[Symbol.asyncDispose]())
      url = embedded.url
    }
    const pool = createPool(url, {
      max: 16,
      ...(options.silenceMs === undefined ? {} : { silenceMs: options.silenceMs }),
      onError: (error) => log.warn({ err: error }, 'an idle database connection broke'),
    })
    closing.unshift(() => pool.end())
    await checkServer(pool)
    if (options.migrated !== false) await (config.databaseUrl === null ? migrate(pool) : requireMigrated(pool))
    const runs = createRuns(pool)
    closing.unshift(() => runs[Symbol.asyncDispose]())
    const clock = strictlyIncreasing(options.clock ?? { now: () => Date.now() })
    const sockets = new Map<string, Http>()
    closing.unshift(async () => {
      await Promise.all([...sockets.values()].map((http) => http[Symbol.asyncDispose]()))
    })
    const limiter = options.limiter ?? openLimiter(config, options, url, closing)
    const { pseudonymKey } = config
    return {
      databaseUrl: url,
      pseudonymKey,
      pool,
      runs,
      clock,
      log,
      trace,
      openSource: (source, { urgent = false } = {}) =>
        openSource(source, { limiter, clock, log, urgent, trace, http: socketsOf(sockets, source), pseudonymKey }),
      [Symbol.asyncDispose]: () => closeAll(closing),
    }
  } catch (error) {
    await closeAll(closing).catch(() => null) // the first failure is the one to report
    throw error
  }
}

function openLimiter(
  { redisUrl }: Config,
  { log, migrated, redisPrefix }: ContextOptions,
  databaseUrl: string,
  closing: (() => PromiseLike<void>)[],
): Limiter {
  if (redisUrl !== null) {
    const redis = new Redis(redisUrl, {
      maxRetriesPerRequest: 2,
      commandTimeout: 5_000,
      // A command that gives up leaves the connection it stood on: a silent one has to go as well.
      socketTimeout: 5_000,
      connectionName: 'rollcall-limit',
    })
    redis.on('error', (error) => log.debug({ err: error }, 'the connection to Redis broke'))
    closing.unshift(async () => redis.disconnect())
    return createRedisLimiter(redis, redisPrefix === undefined ? {} : { prefix: redisPrefix })
  }
  // A database that may lack its tables has no rows for the limiter either.
  if (migrated === false) return createMemoryLimiter()
  // Connections of its own: a place that is asked for behind long writes comes late.
  const pool = createPool(databaseUrl, {
    max: 4,
    onError: (error) => log.debug({ err: error }, 'an idle connection of the limiter broke'),
  })
  closing.unshift(() => pool.end())
  return createPostgresLimiter(createLimitPlaces(pool))
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

/** The connections of a source live as long as the context: work that follows finds them open. */
function socketsOf(sockets: Map<string, Http>, { name, timeoutMs }: SourceConfig): Http {
  const http = sockets.get(name) ?? createHttp({ timeoutMs, connections: CONNECTIONS, maxBytes: 16 * 1024 * 1024 })
  sockets.set(name, http)
  return http
}

function openSource(
  source: SourceConfig,
  {
    limiter,
    clock,
    log,
    urgent,
    http,
    trace,
    pseudonymKey,
  }: {
    readonly limiter: Limiter
    readonly clock: Clock
    readonly log: Log
    readonly urgent: boolean
    readonly http: Http
    readonly trace: Trace | undefined
    readonly pseudonymKey: string | null
  },
): SyncSource & AsyncDisposable {
  const transport = createTransport({
    source: source.name,
    limiter,
    rates: source.rates,
    timeoutMs: source.timeoutMs,
    urgent,
    http,
    log,
    trace,
  })
  return {
    name: source.name,
    vendor: createVendor(vendorConfig(source), { send: transport.send, clock }),
    discover: source.discover,
    pseudonyms: { key: pseudonymKey, everybody: source.pseudonymize },
    types: wantedTypes(source),
    overlap: source.overlap,
    ...(source.fullEveryMs === null ? {} : { fullEveryMs: source.fullEveryMs }),
    leaveGuard: source.leaveGuard,
    dissolveGuard: source.dissolveGuard,
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
