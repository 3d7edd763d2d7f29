import type { Pool } from 'pg'

/** Empties a database that holds nothing but Rollcall's: the demo's own. */
export async function resetDatabase(pool: Pool): Promise<void> {
  await pool.query('DROP SCHEMA IF EXISTS rollcall CASCADE')
  await pool.query('DROP TABLE IF EXISTS public._prisma_migrations')
}
