import pg from 'pg'
import { OperatorError } from '../core/errors.ts'
import { explainDatabaseError } from './explain.ts'

const OLDEST = 14
const INT8 = 20
const SILENCE_MS = 600_000
const CONNECT_MS = 15_000

export interface PoolOptions {
  /** The most connections at one time. */
  max: number
  /** A statement unanswered for so long is given up, in ms; default ten minutes, 0 for never. */
  silenceMs?: number
  /** Hears of connections that break while idle. The pool replaces them by itself. */
  onError?: (error: Error) => void
}

/** The pool every room shares. int8 becomes `bigint`; timestamptz becomes `Date`, and `infinity` the number Infinity. */
export function createPool(url: string, { max, silenceMs = SILENCE_MS, onError }: PoolOptions): pg.Pool {
  let pool: pg.Pool
  try {
    pool = new pg.Pool({
      connectionString: url,
      max,
      application_name: 'rollcall',
      connectionTimeoutMillis: Math.min(CONNECT_MS, silenceMs > 0 ? silenceMs : CONNECT_MS),
      idleTimeoutMillis: 30_000,
      keepAlive: true,
      // A machine that has vanished is noticed by probes, a server that has stopped answering by the time it takes.
      keepAliveInitialDelayMillis: 10_000,
      ...(silenceMs > 0 ? { query_timeout: silenceMs } : {}),
      types: { getTypeParser },
    })
    databaseTarget(url)
  } catch (cause) {
    throw new OperatorError('DATABASE_URL is no URL: write postgresql://user:password@host:5432/database', { cause })
  }
  // Without a listener a broken connection would end the process.
  pool.on('error', (error) => onError?.(error))
  // One that is lent out has none between two statements: whoever has it hears of the cut from the next one.
  pool.on('connect', (client) => void client.on('error', () => {}))
  return pool
}

const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === INT8 && format !== 'binary' ? BigInt : pg.types.getTypeParser(oid, format)

/** `host:port/database` of a URL: what may be shown of it. */
export function databaseTarget(url: string): string {
  const { hostname, port, pathname, searchParams } = new URL(url)
  return `${searchParams.get('host') ?? hostname}:${port === '' ? '5432' : port}${pathname === '' ? '/' : pathname}`
}

/** Connects once; says what is wrong with the server when it cannot be used. Answers its version, as `18.4`. */
export async function checkServer(pool: pg.Pool): Promise<string> {
  const target = databaseTarget(pool.options.connectionString ?? 'postgresql://localhost')
  try {
    const { rows } = await pool.query<{ number: number; version: string; encoding: string }>(
      `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version,
         current_setting('server_encoding') AS encoding`,
    )
    const [server] = rows
    if (server === undefined) throw new OperatorError(`the server at ${target} is no PostgreSQL: mend DATABASE_URL`)
    if (server.number < OLDEST * 10_000)
      throw new OperatorError(
        `${target} is PostgreSQL ${server.version}: rollcall wants ${OLDEST} or newer; upgrade it or set DATABASE_URL`,
      )
    if (server.encoding !== 'UTF8')
      throw new OperatorError(`${target} is encoded in ${server.encoding}: create a database with ENCODING 'UTF8'`)
    return server.version
  } catch (error) {
    if (error instanceof OperatorError) throw error
    const known = explainDatabaseError(error)
    if (known === null) throw error
    throw new OperatorError(`${target}: ${known.message}`, { cause: error })
  }
}
