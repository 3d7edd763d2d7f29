import type { Pool } from 'pg'
import { statement } from '../statement.ts'
import type { Forgetting } from './rows.ts'

export interface KnownSource {
  readonly sourceNo: number
  readonly name: string
  readonly vendor: string
  /** Keeps no account by its own name. */
  readonly pseudonymous: boolean
}

/** The sources of the database, by name. */
export async function storedSources(pool: Pool): Promise<readonly KnownSource[]> {
  const { rows } = await pool.query<KnownSource>(
    'SELECT source_no AS "sourceNo", name, vendor, pseudonymous FROM rollcall.source ORDER BY name',
  )
  return rows
}

/** Whether a source has anything of an account, or has forgotten it. */
export async function knowsAccount(pool: Pool, { sourceNo, accountId, pseudonym }: Forgetting): Promise<boolean> {
  const { rows } = await pool.query<{ known: boolean }>(statement('forget-known'), [sourceNo, accountId, pseudonym])
  return rows[0]?.known === true
}
