import { describe, expect, it } from 'vitest'
import { OperatorError } from '../../src/core/errors.ts'
import { createMemoryLimiter } from '../../src/limits/memory.ts'
import { createPostgresLimiter } from '../../src/limits/postgres.ts'
import { createLimitPlaces } from '../../src/store/limit-places.ts'
import { createPool } from '../../src/store/pool.ts'
import { cloneDatabase } from '../support/database.ts'
import { endpointOf, limiterLaws, sharedLaws, type SharedSubject } from './laws.ts'

describe('in memory', () => {
  let ahead = 0
  const clock = { now: () => performance.now() + ahead }
  const limiter = createMemoryLimiter(clock)
  limiterLaws(() => ({
    limiters: [limiter, limiter],
    age: async (_source, _endpoint, ms) => {
      ahead += ms
    },
  }))
})

describe('in PostgreSQL', async () => {
  const { pool, url } = await cloneDatabase()
  const subject = (horizonMs: number): SharedSubject => ({
    limiters: [
      createPostgresLimiter(createLimitPlaces(pool), { horizonMs }),
      createPostgresLimiter(createLimitPlaces(pool), { horizonMs }),
    ],
    async age(source, endpoint, ms) {
      await pool.query('UPDATE rollcall.limit_row SET slowed_ms = slowed_ms - $3 WHERE source = $1 AND endpoint = $2', [
        source,
        endpoint,
        ms,
      ])
    },
    async forget(source) {
      await pool.query('DELETE FROM rollcall.limit_row WHERE source = $1', [source])
    },
  })
  limiterLaws(() => subject(1e9))
  sharedLaws(() => subject(100))

  it('fails closed, and says the cure', async () => {
    const dead = createPool(url.replace(/:\d+\//, ':1/'), { max: 1 })
    const limiter = createPostgresLimiter(createLimitPlaces(dead))
    const failure = await limiter.reserve(endpointOf('acme', 5)).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(OperatorError)
    expect(String(failure)).toMatch(/nothing listens.*DATABASE_URL/)
    await dead.end()
  })
})
