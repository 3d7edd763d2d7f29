import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import type { Migration } from './migrate-files.ts'

/**
 * Prisma's ledger, in Prisma's words, so that `prisma migrate status` and ours agree. It lives where Prisma puts it for a
 * DATABASE_URL without `?schema=`: in `public`; the tables it tells of live in `rollcall`.
 */
const CREATE = `CREATE TABLE IF NOT EXISTS public._prisma_migrations (
    id                      VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum                VARCHAR(64) NOT NULL,
    finished_at             TIMESTAMPTZ,
    migration_name          VARCHAR(255) NOT NULL,
    logs                    TEXT,
    rolled_back_at          TIMESTAMPTZ,
    started_at              TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count     INTEGER NOT NULL DEFAULT 0
)`

/** A row that still stands: finished, or begun and neither finished nor rolled back. */
export interface LedgerRow {
  readonly name: string
  readonly checksum: string
  readonly finished: boolean
}

type Queryable = Pick<pg.Pool, 'query'>

async function ledgerExists(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ there: boolean }>(
    `SELECT to_regclass('public._prisma_migrations') IS NOT NULL AS there`,
  )
  return rows[0]?.there === true
}

/** Makes the ledger unless it is there. */
export async function createLedger(db: Queryable): Promise<void> {
  // Asked first: a user without CREATE on public may work with a ledger that another user made.
  if (!(await ledgerExists(db))) await db.query(CREATE)
}

/** What the ledger tells; nothing where there is none. */
export async function readLedger(db: Queryable): Promise<LedgerRow[]> {
  if (!(await ledgerExists(db))) return []
  const { rows } = await db.query<LedgerRow>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
     FROM public._prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`,
  )
  return rows
}

/** Notes the start of a migration. Inside its transaction the note goes with it. Answers the id of the row. */
export async function noteStart(db: Queryable, migration: Migration): Promise<string> {
  const id = randomUUID()
  await db.query(
    `INSERT INTO public._prisma_migrations (id, checksum, migration_name, started_at) VALUES ($1, $2, $3, clock_timestamp())`,
    [id, migration.checksum, migration.name],
  )
  return id
}

export async function noteEnd(db: Queryable, id: string): Promise<void> {
  await db.query(
    `UPDATE public._prisma_migrations SET finished_at = clock_timestamp(), applied_steps_count = 1 WHERE id = $1`,
    [id],
  )
}

/** Notes why the migration of this row failed. Outside a transaction it may have done a part, so the row stands. */
export async function noteFailure(db: Queryable, id: string, logs: string, rolledBack: boolean): Promise<void> {
  await db.query(
    `UPDATE public._prisma_migrations SET logs = $2, rolled_back_at = CASE WHEN $3 THEN clock_timestamp() END WHERE id = $1`,
    [id, logs, rolledBack],
  )
}

/** Lets a migration that was begun and did not finish be tried again. */
export async function noteRetry(db: Queryable, name: string): Promise<void> {
  await db.query(
    `UPDATE public._prisma_migrations SET rolled_back_at = clock_timestamp()
     WHERE migration_name = $1 AND finished_at IS NULL AND rolled_back_at IS NULL`,
    [name],
  )
}
