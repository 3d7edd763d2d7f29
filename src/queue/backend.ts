import {
  assertSchemaCompatibility,
  createPostgresBackend,
  isPgPool,
  type JobProgress,
  type JobSchedulerJson,
  type JobSchedulerTemplateOptions,
  type JobsOptions,
  type PostgresConnectionOptions,
  type PostgresQueueBackend,
  type Processor,
  Queue,
  type QueueOptions,
  type RepeatOptions,
  runMigrations,
  SchemaMigrationRequiredError,
  Worker,
  type WorkerOptions,
} from 'bullmq'
import { Redis } from 'ioredis'
import pg from 'pg'
import { OperatorError } from '../core/errors.ts'
import { nextTick } from '../core/tick.ts'
import type { Complain } from './complain.ts'
import { queueTelemetry } from './telemetry.ts'

/** The schema that BullMQ uses where it is given a pool. */
const SCHEMA = 'bullmq'

/** A connection on which an answer is due for so long is replaced: longer than the ten seconds BullMQ lets Redis block. */
const SILENCE_MS = 20_000

/** Where the queues live. */
export interface Place {
  /** Null: in PostgreSQL. */
  readonly redisUrl: string | null
  readonly databaseUrl: string
  /** Of every key in Redis; default `rollcall`. */
  readonly prefix?: string
  /** Whether jobs make spans (see `src/trace.ts`). */
  readonly traced?: boolean
}

/** As much of BullMQ's queue as is used here; the same on both backends. */
export interface BullQueue {
  addBulk(jobs: { name: string; data: object; opts: JobsOptions }[]): Promise<unknown>
  upsertJobScheduler(
    id: string,
    repeat: Omit<RepeatOptions, 'key'>,
    template: { name: string; data: object; opts: JobSchedulerTemplateOptions },
  ): Promise<unknown>
  removeJobScheduler(id: string): Promise<boolean>
  getJobSchedulers(): Promise<JobSchedulerJson[]>
  getJobCounts(): Promise<Record<string, number>>
  waitUntilReady(): Promise<unknown>
  close(): Promise<void>
}

export interface BullWorker {
  waitUntilReady(): Promise<unknown>
  pause(doNotWaitActive: boolean): Promise<void>
  cancelJob(jobId: string, reason?: string): boolean
  close(force?: boolean): Promise<void>
}

export interface Backend extends AsyncDisposable {
  readonly kind: 'redis' | 'postgres'
  queue(name: string): BullQueue
  worker(name: string, processor: Processor<object, void>, options: Omit<WorkerOptions, 'connection'>): BullWorker
}

/** Cron by our own hand: exactly one tick a day where the clocks change (see core/tick). */
const settings: NonNullable<QueueOptions['settings']> = {
  repeatStrategy: (millis, { pattern, tz }) => nextTick(pattern ?? '', tz ?? 'UTC', millis) ?? undefined,
}

/** Redis where there is one, else PostgreSQL. Every object of BullMQ complains to `complain`. */
export async function openBackend(
  { redisUrl, databaseUrl, prefix = 'rollcall', traced = false }: Place,
  complain: Complain,
): Promise<Backend> {
  const every: Every = { settings, ...(await queueTelemetry(traced)) }
  return redisUrl === null
    ? inPostgres(databaseUrl, every, complain)
    : inRedis(redisUrl, { ...every, prefix }, complain)
}

/** What every queue and worker is told. */
type Every = Pick<QueueOptions, 'settings' | 'telemetry' | 'prefix'>

function inRedis(url: string, every: Every, complain: Complain): Backend {
  // Who adds jobs hears of a dead Redis; a worker waits for it to come back.
  const asking = new Redis(url, {
    socketTimeout: SILENCE_MS,
    maxRetriesPerRequest: 3,
    connectionName: 'rollcall-queue',
  })
  const working = new Redis(url, {
    socketTimeout: SILENCE_MS,
    maxRetriesPerRequest: null,
    connectionName: 'rollcall-worker',
  })
  for (const redis of [asking, working]) redis.on('error', complain)
  return {
    kind: 'redis',
    queue: (name) =>
      new Queue<object, void, string, object, void, string>(name, { ...every, connection: asking }).on(
        'error',
        complain,
      ),
    worker(name, processor, options) {
      const worker = new Worker<object, void>(name, processor, { ...options, ...every, connection: working })
      return listening(worker, complain)
    },
    async [Symbol.asyncDispose]() {
      asking.disconnect()
      working.disconnect()
      await Promise.resolve()
    },
  }
}

async function inPostgres(connectionString: string, every: Every, complain: Complain): Promise<Backend> {
  // One pool for all objects, of its own: BullMQ wants its search path and pg's plain types. Each worker listens on one.
  const pool = createQueuePool(connectionString, complain)
  const shared: unknown = pool
  if (!isPgPool(shared)) throw new Error('BullMQ does not take the pool of this version of pg')
  const connection: PostgresConnectionOptions = shared
  await prepare(pool).catch(async (error: unknown) => {
    await pool.end()
    throw error
  })
  pool.setMaxListeners(0) // every object of BullMQ listens for its errors
  return {
    kind: 'postgres',
    queue: (name) =>
      new Queue<object, void, string, object, void, string, PostgresQueueBackend, PostgresConnectionOptions>(
        name,
        { ...every, connection },
        createPostgresBackend,
      ).on('error', complain),
    worker(name, processor, options) {
      const all = { ...options, ...every, runRetryDelay: 1000, connection }
      return listening(
        new Worker<object, void, string, PostgresQueueBackend, JobProgress, PostgresConnectionOptions>(
          name,
          processor,
          all,
          createPostgresBackend,
        ),
        complain,
      )
    },
    [Symbol.asyncDispose]: () => pool.end(),
  }
}

/** Whatever breaks is complained of, and never ends the process: a connection that is lent out has no other listener. */
export function createQueuePool(connectionString: string, complain: Complain): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max: 10,
    options: `-c search_path=${SCHEMA}`,
    application_name: 'rollcall-queue',
    keepAlive: true,
    connectionTimeoutMillis: 15_000,
    query_timeout: 60_000,
  })
  pool.on('error', complain)
  pool.on('connect', (client) => void client.on('error', complain))
  return pool
}

/** Makes the queue's tables, as `migrate` does; nothing where the queue lives in Redis. */
export async function migrateQueue({ redisUrl, databaseUrl }: Place): Promise<void> {
  if (redisUrl !== null) return
  const pool = createQueuePool(databaseUrl, () => {}) // what breaks is said by the statement on it
  await prepare(pool).finally(() => pool.end())
}

/** The tables of BullMQ. Its own lock keeps two machines from making them at once. */
async function prepare(pool: pg.Pool): Promise<void> {
  const client = await pool.connect()
  try {
    await assertSchemaCompatibility(client, SCHEMA).catch(async (error: unknown) => {
      if (!(error instanceof SchemaMigrationRequiredError)) throw error
      await runMigrations(client, SCHEMA)
    })
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause)
    throw new OperatorError(`the queue's tables (schema ${SCHEMA}) cannot be used: ${said}`, { cause })
  } finally {
    client.release()
  }
}

interface Listened {
  on(event: 'error', listener: Complain): unknown
  on(event: 'lockRenewalFailed', listener: (jobIds: string[]) => void): unknown
}

function listening(worker: BullWorker & Listened, complain: Complain): BullWorker {
  worker.on('error', complain)
  // Another may have the job by now: the attempt that lost its lock ends.
  worker.on('lockRenewalFailed', (jobIds) => {
    for (const jobId of jobIds) worker.cancelJob(jobId, 'the lock of the job is lost')
  })
  return worker
}
