import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Pool } from 'pg'
import { endSilentCopies } from './silent.ts'
import { wholeRunOpen } from './work.ts'

/**
 * Runs `work` while this process alone may sync the source; the lock goes with the connection, so a killed process
 * leaves none behind. When another holds it: `onWait` is told once and the lock is awaited, or, with `wait` false,
 * null comes back at once. A run of the whole source that workers share is waited for as well.
 */
export async function withSourceLock<T>(
  pool: Pool,
  source: string,
  options: {
    readonly wait: boolean
    readonly onWait: () => void
    readonly signal: AbortSignal
    /** False: a run that workers share may go on beside the work. */
    readonly alone?: boolean
  },
  work: () => Promise<T>,
): Promise<T | null> {
  // A connection of its own, beside the pool: as many locks as the pool has places would leave none for the work.
  const client = new pg.Client(pool.options)
  client.on('error', () => {}) // cut: the lock is gone, and what is written is fenced all the same
  const key = `rollcall source ${source}`
  try {
    await client.connect()
    // The lock of a machine that has vanished goes when its probes stay unanswered; servers wait two hours by themselves.
    await client
      .query('SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 4')
      .catch(() => null) // not every system lets itself be told
    const tried = await client.query<{ held: boolean }>(
      'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS held',
      [key],
    )
    if (tried.rows[0]?.held !== true) {
      if (!options.wait) return null
      options.onWait()
      while (!options.signal.aborted) {
        // A bounded wait in the server, again and again, so that a signal is heard.
        const again = await client
          .query("SET lock_timeout = '2s'")
          .then(() => client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [key]))
          .catch((error: unknown) => (isLockTimeout(error) ? null : Promise.reject(error)))
        if (again !== null) break
      }
      await client.query('RESET lock_timeout')
      options.signal.throwIfAborted()
    }
    for (let told = false; options.alone !== false && (await wholeRunOpen(pool, source)); told = true) {
      if (!options.wait) return null
      if (!told) options.onWait()
      await sleep(1000, undefined, { signal: options.signal }).catch(() => options.signal.throwIfAborted())
    }
    await endSilentCopies(pool)
    return await work()
  } finally {
    // Told first, so that whoever comes next finds the lock free; then the connection ends, whatever it still holds.
    await client.query('SELECT pg_advisory_unlock_all()').catch(() => null)
    await client.end().catch(() => null)
  }
}

function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '55P03'
}
