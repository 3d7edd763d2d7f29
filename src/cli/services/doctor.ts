import type { Config } from '../../config.ts'
import { OperatorError, UsageError, VendorError } from '../../core/errors.ts'
import type { Context } from '../../context.ts'
import { pingRedis } from '../../queue/ping.ts'
import { pendingMigrations } from '../../store/migrate.ts'
import { checkServer } from '../../store/pool.ts'
import { databaseNow } from '../../store/queries.ts'
import { namesNow } from '../../sync/with-names.ts'
import { namedBy, openContext } from './context.ts'
import type { Check, Life } from '../types.ts'

const CLOCK_SKEW_MS = 60_000

/** Database, schema, clock, queue, and one signed call a source; each with what to do about it. */
export async function* runDoctor(config: Config, life: Life): AsyncGenerator<Check> {
  let context: Context
  try {
    context = await openContext(config, { signal: life.signal, migrated: false })
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error
    yield {
      name: 'database',
      state: 'fault',
      says: error.message,
      cure: 'Mend the database first; the rest stands on it.',
    }
    return
  }
  await using open = context
  const where = config.databaseUrl === null ? `embedded, under ${config.dataDir}` : 'from DATABASE_URL'
  yield { name: 'database', state: 'ok', says: `PostgreSQL ${await checkServer(open.pool)}, ${where}`, cure: null }
  yield await schema(open)
  yield await clock(open)
  const waits = await queue(config)
  yield waits
  // The limiter lives beside the queue: without it no source may be asked anything.
  if (waits.state === 'fault') return
  for (const source of config.sources) {
    yield await sourceCheck(open, source, life.signal)
    yield* namesCheck(open, source)
  }
}

async function schema({ pool }: Context): Promise<Check> {
  const name = 'schema'
  try {
    const pending = await pendingMigrations(pool)
    return pending.length === 0
      ? { name, state: 'ok', says: 'at this version', cure: null }
      : { name, state: 'fault', says: `${pending.length} migration(s) to apply`, cure: 'Run: rollcall migrate' }
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error
    return { name, state: 'fault', says: error.message, cure: null }
  }
}

async function queue({ redisUrl }: Config): Promise<Check> {
  const name = 'queue'
  if (redisUrl === null) return { name, state: 'ok', says: 'in PostgreSQL, with the rate limiter', cure: null }
  try {
    return { name, state: 'ok', says: `Redis ${await pingRedis(redisUrl)}, with the rate limiter`, cure: null }
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error
    return {
      name,
      state: 'fault',
      says: error.message,
      cure: 'Start Redis, or mend REDIS_URL; the sources need it too.',
    }
  }
}

async function clock({ pool }: Context): Promise<Check> {
  const before = Date.now()
  const theirs = await databaseNow(pool)
  const skew = theirs - (before + Date.now()) / 2
  const says = `this machine and the database differ by ${Math.abs(Math.round(skew))} ms`
  return Math.abs(skew) < CLOCK_SKEW_MS
    ? { name: 'clock', state: 'ok', says, cure: null }
    : { name: 'clock', state: 'fault', says, cure: 'Set both clocks by NTP: reads are ordered by this time.' }
}

async function sourceCheck(context: Context, config: Config['sources'][number], signal: AbortSignal): Promise<Check> {
  const name = `source ${config.name}`
  await using source = context.openSource(config)
  try {
    return { name, state: 'ok', says: await source.vendor.check(signal), cure: null }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof VendorError)) throw error
    return { name, state: 'fault', says: error.message, cure: CURES[error.fault] ?? null }
  }
}

/** Whether the source can be read under the names that are kept; says nothing where everybody is kept by name. */
async function* namesCheck(context: Context, config: Config['sources'][number]): AsyncGenerator<Check> {
  const name = `names ${config.name}`
  try {
    const sourceNo = await context.runs.knownSource(config.name, config.vendor).catch(() => null)
    if (sourceNo === null) return
    const { names } = await namesNow(context.pool, namedBy(config, context), sourceNo)
    const whose = config.pseudonymize ? 'of everybody' : 'of forgotten accounts'
    if (names !== null) yield { name, state: 'ok', says: `the pseudonyms ${whose} are known again`, cure: null }
  } catch (error) {
    if (!(error instanceof UsageError)) return // the schema is older: its own line says so
    yield { name, state: 'fault', says: error.message, cure: null }
  }
}

/** What the message of the error itself does not say. */
const CURES: Partial<Record<VendorError['fault'], string>> = {
  retry: 'Check that this machine reaches the host (network, proxy, baseUrl), then try again.',
  rateLimited: 'Others use up this app’s quota: lower rateShare, or try again later.',
  pause: 'The vendor has shut this app out for a while: wait a minute, then try again.',
}
