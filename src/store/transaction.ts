import type { Pool, PoolClient } from 'pg'

/** What pg says of a statement that was not answered in time. */
export const SILENT = 'Query read timeout'

/** Runs `work` in one transaction: all of it, or nothing. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken = false
  // A connection cut while it is lent out says so twice: to the query in hand, and as an event that must have a listener.
  const onCut = () => {
    broken = true
  }
  client.on('error', onCut)
  try {
    await client.query('BEGIN ISOLATION LEVEL READ COMMITTED')
    const result = await work(client)
    await client.query('COMMIT')
    return result
  } catch (error) {
    // Behind a statement that is never answered a ROLLBACK would wait as long again: the connection goes instead.
    broken ||= error instanceof Error && error.message === SILENT
    if (!broken) {
      await client.query('ROLLBACK').catch(() => {
        broken = true
      })
    }
    throw error
  } finally {
    client.off('error', onCut)
    client.release(broken)
  }
}
