import type { Pool, PoolClient } from 'pg'

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
    await client.query('ROLLBACK').catch(() => {
      broken = true
    })
    throw error
  } finally {
    client.off('error', onCut)
    client.release(broken)
  }
}
