import { Redis } from 'ioredis'
import { QUEUES } from './queues.ts'

/** Keys looked at between two answers of Redis. */
const AT_ONCE = 500

/**
 * Rewrites the sentences that jobs in Redis hold (why an attempt failed), and empties the streams of events that tell the
 * same. Payloads name no account. Returns how many were changed; null as the URL: the queue is not in Redis.
 *
 * @param prefix of every key; default `rollcall`
 * @param without the same text where it does not name the account
 */
export async function forgetInRedis(
  redisUrl: string | null,
  without: (text: string) => string,
  prefix = 'rollcall',
): Promise<number> {
  if (redisUrl === null) return 0
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: 3, connectionName: 'rollcall-forget' })
  redis.on('error', () => {}) // told by the command that fails
  let changed = 0
  try {
    for (const queue of Object.values(QUEUES)) {
      for await (const keys of redis.scanStream({ match: `${prefix}:${queue}:*`, count: AT_ONCE }) as AsyncIterable<
        string[]
      >) {
        for (const key of keys) changed += await forgetInKey(redis, key, without)
      }
    }
    return changed
  } finally {
    redis.disconnect()
  }
}

async function forgetInKey(redis: Redis, key: string, without: (text: string) => string): Promise<number> {
  const type = await redis.type(key)
  if (type === 'stream') {
    const told = JSON.stringify(await redis.xrange(key, '-', '+'))
    if (without(told) === told) return 0
    await redis.xtrim(key, 'MAXLEN', 0)
    return 1
  }
  if (type !== 'hash') return 0
  let changed = 0
  for (const [field, text] of Object.entries(await redis.hgetall(key))) {
    const kept = without(text)
    if (kept === text) continue
    await redis.hset(key, field, kept)
    changed++
  }
  return changed
}
