import { describe, expect, test, vi } from 'vitest'
import { withoutName } from '../../src/core/pseudonym.ts'
import { forgetInRedis } from '../../src/queue/forget.ts'
import { testRedis } from '../support/redis.ts'
import { A } from './story.ts'
import { forgetLaws } from './worker-laws.ts'

const redis = await testRedis()

vi.setConfig({ testTimeout: 120_000 })

/** The keys of this file's prefix that hold a text. */
async function keysWith(mark: string): Promise<string[]> {
  if (redis === null) return []
  const found: string[] = []
  for (const key of await redis.client.keys(`${redis.prefix}*`)) {
    const type = await redis.client.type(key)
    const value =
      type === 'hash'
        ? await redis.client.hgetall(key)
        : type === 'stream'
          ? await redis.client.xrange(key, '-', '+')
          : type === 'list'
            ? await redis.client.lrange(key, 0, -1)
            : type === 'zset'
              ? await redis.client.zrange(key, '0', '-1')
              : type === 'set'
                ? await redis.client.smembers(key)
                : await redis.client.get(key)
    if (JSON.stringify([key, value]).toLowerCase().includes(mark.toLowerCase())) found.push(key)
  }
  return found
}

describe.skipIf(redis === null)('forgetting beside workers, the queue in Redis', () => {
  forgetLaws(() => ({ redis }), keysWith)

  test('why jobs failed, and what their events tell', async () => {
    if (redis === null) return
    const { client, prefix, url } = redis
    const job = `${prefix}:rollcall:part-1-1`
    const said = `a stay of ${A} in group @TGS#1 would overlap another`
    await client.hset(job, { failedReason: said, stacktrace: JSON.stringify([said]), data: '{"run":1,"part":1}' })
    await client.xadd(`${prefix}:rollcall:events`, '*', 'event', 'failed', 'failedReason', said)
    expect(await keysWith(A)).toHaveLength(2)
    const without = (text: string) => withoutName(text, A, 'anon-x', true)
    expect(await forgetInRedis(url, without, prefix)).toBe(3)
    expect(await keysWith(A)).toEqual([])
    expect(await client.hgetall(job)).toEqual({
      failedReason: 'a stay of anon-x in group @TGS#1 would overlap another',
      stacktrace: '["a stay of anon-x in group @TGS#1 would overlap another"]',
      data: '{"run":1,"part":1}',
    })
    expect(await forgetInRedis(url, without, prefix)).toBe(0)
  })
})
