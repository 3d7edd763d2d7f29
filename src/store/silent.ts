import type { Pool } from 'pg'
import { statement } from './statement.ts'

/** A COPY of new stays sends what is in memory already: it waits for nothing but its own connection. */
const SILENT_MS = 30_000

/**
 * Ends sessions in whose COPY of new stays nothing comes any more. The server counts such a session as busy and not as idle in its
 * transaction, so by itself it keeps every lock of it for as long as it takes the connection for open. Returns how many.
 */
export async function endSilentCopies(pool: Pool, afterMs = SILENT_MS): Promise<number> {
  const { rows } = await pool.query<{ ended: boolean }>(statement('silent-copies'), [afterMs])
  return rows.filter(({ ended }) => ended).length
}
