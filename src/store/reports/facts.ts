import type { Pool } from 'pg'
import { statement } from '../statement.ts'

/**
 * Adds to the facts of a source what its finished runs have written since the last call. To be called when a run has been
 * closed; called again, late or never, no answer becomes wrong, only slower. Returns the newest run that the facts hold.
 */
export async function refreshFacts(pool: Pool, sourceNo: number): Promise<number> {
  const { rows } = await pool.query<{ run_no: number }>(statement('report-facts-refresh'), [sourceNo])
  return rows[0]?.run_no ?? 0
}

/** Makes the facts of some sources (empty: of all) anew from their history. Returns the names of the sources. */
export async function rebuildFacts(pool: Pool, sources: readonly string[]): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(statement('report-facts-rebuild'), [sources])
  return rows.map(({ name }) => name)
}
