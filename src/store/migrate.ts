import type pg from 'pg'
import { OperatorError } from '../core/errors.ts'
import { explainDatabaseError } from './explain.ts'
import { readMigrations, type Migration } from './migrate-files.ts'
import { createLedger, readLedger, type LedgerRow } from './migrate-ledger.ts'
import { applyMigration } from './migrate-apply.ts'
import { migrationsFolder } from './root.ts'

/** The advisory lock of `prisma migrate`: its command line and this program wait for each other. */
const LOCK = 72_707_369
const LOCK_PAUSE_MS = 250
const LOCK_PATIENCE_MS = 15 * 60_000

export interface MigrateResult {
  /** The names of the migrations that this call applied, in order. */
  readonly applied: string[]
  /** How many the database had before. */
  readonly already: number
}

export interface MigrateOptions {
  /** Another folder of migrations, for tests. */
  readonly folder?: string
  readonly signal?: AbortSignal
}

/** Brings the database to this version. Safe to run twice and from two machines at once. */
export async function migrate(pool: pg.Pool, options: MigrateOptions = {}): Promise<MigrateResult> {
  const migrations = await readMigrations(options.folder ?? migrationsFolder)
  const client = await pool.connect()
  let failed = true
  try {
    await lock(client, options.signal)
    await createLedger(client)
    const ledger = await readLedger(client)
    const pending = comparePending(migrations, ledger)
    for (const migration of pending) {
      options.signal?.throwIfAborted()
      await applyMigration(client, migration)
    }
    await client.query('SELECT pg_advisory_unlock($1::bigint)', [LOCK])
    failed = false
    return { applied: pending.map(({ name }) => name), already: migrations.length - pending.length }
  } catch (error) {
    throw explainDatabaseError(error) ?? error
  } finally {
    // A connection that fails half-way is closed, and the advisory lock goes with it.
    client.release(failed)
  }
}

/** The names of the migrations the database lacks. Refuses, as migrate does, a newer or an altered database. */
export async function pendingMigrations(pool: pg.Pool, options: MigrateOptions = {}): Promise<string[]> {
  const migrations = await readMigrations(options.folder ?? migrationsFolder)
  try {
    return comparePending(migrations, await readLedger(pool)).map(({ name }) => name)
  } catch (error) {
    throw explainDatabaseError(error) ?? error
  }
}

/** Throws unless the database is exactly at this version: what every verb but `migrate` asks first. */
export async function requireMigrated(pool: pg.Pool, options: MigrateOptions = {}): Promise<void> {
  const pending = await pendingMigrations(pool, options)
  if (pending.length > 0)
    throw new OperatorError(
      `the database lacks ${pending.length} migration(s) (${pending.join(', ')}): run \`rollcall migrate\``,
    )
}

/** What is to be applied, in order; an error where program and database cannot belong together. */
function comparePending(migrations: readonly Migration[], ledger: readonly LedgerRow[]): Migration[] {
  const own = new Map(migrations.map((migration) => [migration.name, migration]))
  const newest = ledger.findLast(({ name }) => !own.has(name))
  if (newest !== undefined)
    throw new OperatorError(`the database is at ${newest.name}, newer than this program: upgrade rollcall`)
  const finished = new Set<string>()
  for (const row of ledger) {
    const migration = own.get(row.name)
    if (migration === undefined || !row.finished) continue
    if (row.checksum !== migration.checksum && !migration.aliases.includes(row.checksum))
      throw new OperatorError(
        `the migration ${row.name} was changed after it was applied (the database has ${row.checksum.slice(0, 12)}…, ` +
          `this program ${migration.checksum.slice(0, 12)}…): install the unchanged rollcall again, ` +
          `or go on with the version that migrated this database`,
      )
    finished.add(row.name)
  }
  return migrations.filter(({ name }) => !finished.has(name))
}

/** Asks again and again rather than waiting in the server: a waiting statement would hold up CREATE INDEX CONCURRENTLY. */
async function lock(client: pg.PoolClient, signal: AbortSignal | undefined): Promise<void> {
  const deadline = Date.now() + LOCK_PATIENCE_MS
  while (true) {
    signal?.throwIfAborted()
    const { rows } = await client.query<{ got: boolean }>('SELECT pg_try_advisory_lock($1::bigint) AS got', [LOCK])
    if (rows[0]?.got === true) return
    if (Date.now() > deadline)
      throw new OperatorError(
        'another migration of this database has run for 15 minutes: wait for it, or end its session (see pg_locks), then try again',
      )
    await new Promise((resolve) => setTimeout(resolve, LOCK_PAUSE_MS))
  }
}

/** The name of the newest migration that the database has. */
export async function appliedVersion(pool: pg.Pool): Promise<string> {
  const ledger = await readLedger(pool)
  return ledger.findLast((row) => row.finished)?.name ?? 'none'
}
