import { expect, test } from 'vitest'
import { fetched } from '../../src/store/cursor.ts'
import { createPool } from '../../src/store/pool.ts'
import { SILENT } from '../../src/store/transaction.ts'
import { cloneDatabase } from '../support/database.ts'

const one = await cloneDatabase({ empty: true })
const numbers = 'SELECT n FROM generate_series(1, $1::int) AS n'

/** What is left of the connection: whether it went back to the pool, and whether with a transaction open. */
async function leftBehind(pool: ReturnType<typeof createPool>) {
  const before = pool.totalCount
  const { rows } = await pool.query<{ cursors: number }>('SELECT count(*)::int AS cursors FROM pg_cursors')
  return { before, idle: pool.idleCount, cursors: rows[0]?.cursors }
}

test('all rows come, some at a time, and the connection goes back clean: at the end, at an early end, and after an error', async () => {
  const pool = createPool(one.url, { max: 1 })
  try {
    for (const count of [0, 1, 10, 25]) {
      const sizes: number[] = []
      for await (const rows of fetched<{ n: number }>(pool, numbers, [count], 10)) sizes.push(rows.length)
      expect(sizes).toEqual([10, 10, 5].slice(0, Math.ceil(count / 10)).map((size) => Math.min(size, count)))
    }
    for await (const rows of fetched(pool, numbers, [100], 10)) {
      expect(rows).toHaveLength(10)
      break
    }
    expect(await leftBehind(pool)).toEqual({ before: 1, idle: 1, cursors: 0 })
    const dividing = fetched(pool, 'SELECT 1 / (n - 15) FROM generate_series(1, $1::int) AS n', [100], 10)
    await dividing.next()
    await expect(dividing.next()).rejects.toThrow('division by zero')
    expect(await leftBehind(pool)).toEqual({ before: 1, idle: 1, cursors: 0 })
  } finally {
    await pool.end()
  }
})

test('a connection on which the server has fallen silent does not go back to the pool, and nothing waits for it twice', async () => {
  const pool = createPool(one.url, { max: 1, silenceMs: 300 })
  try {
    const slow = fetched(pool, 'SELECT pg_sleep(n) FROM generate_series(0, $1::int, 20) AS n', [100], 2)
    await expect(slow.next()).rejects.toThrow(SILENT)
    expect(await leftBehind(pool)).toEqual({ before: 0, idle: 1, cursors: 0 })
  } finally {
    await pool.end()
    await one.pool.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'FETCH%'")
  }
})
