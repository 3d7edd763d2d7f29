import { OperatorError } from '../core/errors.ts'

/** SQLSTATEs and errnos an operator can mend: what happened, and the cure. Everything else is a fault of the program. */
const TROUBLE: Record<string, { what: string; cure: string }> = {
  // The way to the server
  ECONNREFUSED: {
    what: 'nothing listens at the address of the database',
    cure: 'start PostgreSQL, or mend DATABASE_URL',
  },
  ENOTFOUND: { what: 'the host name of the database is unknown', cure: 'mend the host in DATABASE_URL' },
  EAI_AGAIN: { what: 'the host name of the database cannot be looked up now', cure: 'check the name service (DNS)' },
  ETIMEDOUT: { what: 'the database does not answer', cure: 'check network and firewall between here and the database' },
  EHOSTUNREACH: { what: 'there is no route to the database', cure: 'check network and firewall' },
  ENETUNREACH: { what: 'there is no route to the database', cure: 'check network and firewall' },
  ECONNRESET: { what: 'the connection to the database was cut', cure: "look into PostgreSQL's log, then try again" },
  EPIPE: { what: 'the connection to the database was cut', cure: "look into PostgreSQL's log, then try again" },
  '08001': { what: 'the database refuses connections', cure: 'check that it runs and that DATABASE_URL is right' },
  '08006': { what: 'the connection to the database was cut', cure: "look into PostgreSQL's log, then try again" },
  '08P01': {
    what: 'the server at DATABASE_URL does not speak as PostgreSQL does',
    cure: 'mend the port in DATABASE_URL',
  },
  // Who may come in
  '28P01': { what: 'the database refuses the password', cure: 'mend user and password in DATABASE_URL' },
  '28000': {
    what: 'the database refuses this user',
    cure: 'mend the user in DATABASE_URL, or pg_hba.conf of the server',
  },
  '3D000': { what: 'the database does not exist', cure: 'create it (createdb NAME), or mend DATABASE_URL' },
  '42501': {
    what: 'the database user lacks a privilege',
    cure: 'grant it, or use the owner of the database in DATABASE_URL',
  },
  '25006': { what: 'the database is read-only', cure: 'point DATABASE_URL at the primary, not at a replica' },
  // What has run out
  '53100': { what: 'the disk of the database is full', cure: 'free space there, then run the same command again' },
  '53200': { what: 'the database is out of memory', cure: 'give the server more memory or lower its work_mem' },
  '53300': { what: 'the database has no connection free', cure: 'raise max_connections there, or run fewer workers' },
  '58030': { what: 'the database cannot read or write its disk', cure: 'check the disk of the database server' },
  '54000': { what: 'a limit of the database is exceeded', cure: "look into PostgreSQL's log" },
  // What passes
  '57P01': { what: 'the database was shut down', cure: 'start it, then run the same command again' },
  '57P02': { what: 'the database crashed', cure: "look into PostgreSQL's log, then run the same command again" },
  '57P03': { what: 'the database is starting up or shutting down', cure: 'wait a moment, then try again' },
  '57014': { what: 'the database cancelled a statement', cure: 'raise statement_timeout there, then try again' },
  '25P03': {
    what: 'the database ended a transaction in which nothing was asked for too long',
    cure: 'check whether this machine or the network stood still, then try again',
  },
  '55P03': {
    what: 'another session holds a lock for too long',
    cure: 'end that session (see pg_stat_activity), try again',
  },
  // What is missing
  '42P01': { what: 'a table is missing', cure: 'run `rollcall migrate`' },
  '42703': { what: 'a column is missing', cure: 'run `rollcall migrate`' },
  '42883': { what: 'a function is missing', cure: 'run `rollcall migrate`' },
  '3F000': { what: 'the schema rollcall is missing', cure: 'run `rollcall migrate`' },
  // Damage
  XX001: { what: 'data of the database is corrupted', cure: 'restore a backup' },
  XX002: { what: 'an index of the database is corrupted', cure: 'run REINDEX on it' },
}

/** pg gives these two no code. */
const WITHOUT_CODE: Record<string, string> = {
  'Connection terminated unexpectedly': 'ECONNRESET',
  'timeout exceeded when trying to connect': 'ETIMEDOUT',
  'Connection terminated due to connection timeout': 'ETIMEDOUT',
  'Query read timeout': 'ETIMEDOUT',
}

/** What the operator must know of an error of pg or Prisma; null when it is none of those an operator can mend. */
export function explainDatabaseError(error: unknown): OperatorError | null {
  if (error instanceof OperatorError) return error
  for (const candidate of unfold(error)) {
    const code = codeOf(candidate)
    const trouble = code === null ? undefined : TROUBLE[code]
    if (trouble === undefined) continue
    const said = wordsOf(candidate)
    return new OperatorError(`${trouble.what} (${said === '' ? code : `${code}: ${said}`}): ${trouble.cure}`, {
      cause: error,
    })
  }
  return null
}

/** The error, its causes, the members of an AggregateError, and what Prisma hides under `meta.driverAdapterError`. */
function* unfold(error: unknown, depth = 0): Generator<object> {
  if (typeof error !== 'object' || error === null || depth > 5) return
  yield error
  if ('errors' in error && Array.isArray(error.errors)) for (const one of error.errors) yield* unfold(one, depth + 1)
  for (const key of ['meta', 'driverAdapterError', 'cause'] as const) {
    const inner = (error as Partial<Record<typeof key, unknown>>)[key]
    if (inner !== undefined) yield* unfold(inner, depth + 1)
  }
}

function codeOf(error: object): string | null {
  if ('originalCode' in error && typeof error.originalCode === 'string') return error.originalCode
  if ('code' in error && typeof error.code === 'string' && error.code in TROUBLE) return error.code
  return error instanceof Error ? (WITHOUT_CODE[error.message] ?? null) : null
}

function wordsOf(error: object): string {
  if (error instanceof Error) return error.message.trim()
  return 'originalMessage' in error && typeof error.originalMessage === 'string' ? error.originalMessage : 'no message'
}
