import { Redis } from 'ioredis'
import { afterAll, describe, expect, it } from 'vitest'
import { OperatorError } from '../../src/core/errors.ts'
import { createRedisLimiter } from '../../src/limits/redis.ts'
import { testRedis } from '../support/redis.ts'
import { endpointOf, limiterLaws, sharedLaws, type SharedSubject } from './laws.ts'

const redis = await testRedis()

describe.skipIf(redis === null)('in Redis', () => {
  if (redis === null) return
  const { client, prefix, url } = redis
  const second = new Redis(url)
  afterAll(() => second.disconnect())
  const subject = (horizonMs: number): SharedSubject => ({
    limiters: [createRedisLimiter(client, { prefix, horizonMs }), createRedisLimiter(second, { prefix, horizonMs })],
    async age(source, endpoint, ms) {
      await client.hincrbyfloat(`${prefix}:limit:{${source}}:${endpoint}`, 'slowed', -ms)
    },
    async forget(source) {
      const keys = await client.keys(`${prefix}:limit:{${source}}*`)
      await client.del(...keys)
    },
  })
  limiterLaws(() => subject(1e9))
  sharedLaws(() => subject(100))

  it('fails closed, and says the cure', async () => {
    const dead = new Redis('redis://127.0.0.1:1', { maxRetriesPerRequest: 1, retryStrategy: () => 10 })
    dead.on('error', () => {})
    const failure = await createRedisLimiter(dead)
      .reserve(endpointOf('acme', 5))
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(OperatorError)
    expect(String(failure)).toMatch(/does not answer.*REDIS_URL/)
    dead.disconnect()
  })
})
