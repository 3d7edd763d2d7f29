import type { Pool, PoolClient } from 'pg'
import { OperatorError } from '../core/errors.ts'
import { statement } from './statement.ts'

/** What the database knows of the names of a source. */
export interface StoredNames {
  /** Grows with every account forgotten. */
  readonly forgets: number
  /** No account of the source is kept by its own name. */
  readonly everybody: boolean
  /** Whether a group of the source was ever seen or imported. */
  readonly hasGroups: boolean
  readonly forgotten: readonly string[]
  /** By what the key is known again; null before the first. */
  readonly keyHash: string | null
}

const NOTHING: StoredNames = { forgets: 0, everybody: false, hasGroups: false, forgotten: [], keyHash: null }

/** @param held until its transaction ends, nobody of the source is forgotten */
export async function storedNames(
  db: Pick<Pool, 'query'>,
  sourceNo: number,
  held: PoolClient | null = null,
): Promise<StoredNames> {
  if (held !== null) await held.query('SELECT FROM rollcall.source WHERE source_no = $1 FOR SHARE', [sourceNo])
  const { rows } = await (held ?? db).query<{
    forgets: number
    everybody: boolean
    has_groups: boolean
    forgotten: string[]
    key_hash: string | null
  }>(statement('names'), [sourceNo])
  const [row] = rows
  if (row === undefined) return { ...NOTHING, keyHash: await storedKeyHash(db) }
  const { forgets, everybody, forgotten } = row
  return { forgets, everybody, hasGroups: row.has_groups, forgotten, keyHash: row.key_hash }
}

/** By what the key is known again; null before the first use of one. */
export async function storedKeyHash(db: Pick<Pool, 'query'>): Promise<string | null> {
  const { rows } = await db.query<{ hash: string }>('SELECT hash FROM rollcall.pseudonym_key')
  return rows[0]?.hash ?? null
}

/** Keeps what the key is known by, unless there is one. Returns what is kept. */
export async function keepKeyHash(db: Pick<Pool, 'query'>, hash: string): Promise<string> {
  await db.query('INSERT INTO rollcall.pseudonym_key (hash) VALUES ($1) ON CONFLICT DO NOTHING', [hash])
  return (await storedKeyHash(db)) ?? hash
}

/** From now on no account of this source is kept by its own name. False where a group of it was seen before. */
export async function beginPseudonymous(db: Pick<Pool, 'query'>, sourceNo: number): Promise<boolean> {
  const { rows } = await db.query(statement('names-everybody'), [sourceNo])
  return rows.length > 0
}

/**
 * Throws where somebody was forgotten since `forgets` was read: what was read under the names of then is not to be
 * written. Else nobody is forgotten until the transaction ends.
 */
export async function assertNamesFresh(client: PoolClient, sourceNo: number, forgets: number): Promise<void> {
  const { rows } = await client.query('SELECT FROM rollcall.source WHERE source_no = $1 AND forgets = $2 FOR SHARE', [
    sourceNo,
    forgets,
  ])
  if (rows.length === 0)
    throw new OperatorError('An account was forgotten while this ran, so what it read is not written. Run it again.')
}
