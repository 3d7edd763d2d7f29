import type { Pool, PoolClient } from 'pg'

/** What pg says of a statement that was not answered in time. */
export const SILENT = 'Query read timeout'

/** Between two statements of a transaction lies work of milliseconds. */
const IDLE_MS = 30_000

/**
 * Runs `work` in one transaction: all of it, or nothing.
 *
 * @param idleMs Whoever has fallen silent within a transaction holds its locks no longer than this; else, behind a
 *   connection that the server takes for open, they would stay until somebody ends the session by hand.
 */
export async function inTransaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
  idleMs = IDLE_MS,
): Promise<T> {
  using lent = await lend(pool)
  try {
    await lent.client.query(
      `BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL idle_in_transaction_session_timeout = ${idleMs}`,
    )
    const result = await work(lent.client)
    await lent.client.query('COMMIT')
    return result
  } catch (error) {
    throw await lent.undo(error)
  }
}

export interface Lent extends Disposable {
  readonly client: PoolClient
  /** Undoes what was begun. Returns why it went wrong: the server's own reason where it has given one. */
  undo(error?: unknown): Promise<unknown>
}

/** A connection of the pool for a transaction. One that cannot be used afterwards does not go back. */
export async function lend(pool: Pool): Promise<Lent> {
  const client = await pool.connect()
  let broken = false
  let cut: Error | null = null
  // A connection cut while it is lent out says so twice: to the query in hand, and as an event that must have a listener.
  const onCut = (error: Error) => {
    broken = true
    cut ??= error
  }
  client.on('error', onCut)
  return {
    client,
    async undo(error) {
      // Behind a statement that is never answered a ROLLBACK would wait as long again: the connection goes instead.
      broken ||= error instanceof Error && error.message === SILENT
      if (!broken) {
        await client.query('ROLLBACK').catch(() => {
          broken = true
        })
      }
      // Cut between two statements, the server has said why; the statement that came too late can only say that it did.
      return cut !== null && !(error instanceof Error && 'code' in error) ? cut : error
    },
    [Symbol.dispose]() {
      client.off('error', onCut)
      client.release(broken)
    },
  }
}
