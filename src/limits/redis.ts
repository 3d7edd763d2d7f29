import type { Redis, Result } from 'ioredis'
import { OperatorError } from '../core/errors.ts'
import { LEAST, RECOVERY } from './pace.ts'
import { createSharedLimiter, type Places, type SharedOptions } from './shared.ts'
import type { Limiter } from './types.ts'

/** Times are ms of Redis' own clock. KEYS: the row of the endpoint, the door of the source. */
const NOW = `local t = redis.call('TIME')
local now = t[1] * 1000 + t[2] / 1000
local function number(text, default) return text and tonumber(text) or default end
local function text(value) return string.format('%.17g', value) end`

/** A place so far behind the last moment that anything is closed is left over from a clock that has since been set back. */
const STRAY_MS = 600_000
const KEEP_MS = 86_400_000

const TAKE = `${NOW}
local step, horizon = tonumber(ARGV[1]), tonumber(ARGV[2])
local row = redis.call('HMGET', KEYS[1], 'next', 'factor', 'slowed', 'closed')
local free = number(row[1], 0)
local factor = math.min(1, number(row[2], 1) + math.max(0, now - number(row[3], 0)) * ${RECOVERY})
local gap = step / factor
local open = math.max(now, number(row[4], 0), number(redis.call('GET', KEYS[2]), 0))
if free > open + ${STRAY_MS} + gap then free = now end
local place = math.max(open, free)
if place - now > horizon then return { 0, text(place - now) } end
redis.call('HSET', KEYS[1], 'next', text(place + gap))
redis.call('PEXPIRE', KEYS[1], ${KEEP_MS})
return { 1, text(place - now) }`

const SLOW_DOWN = `${NOW}
local row = redis.call('HMGET', KEYS[1], 'factor', 'slowed', 'closed')
local closed = number(row[3], 0)
if now >= closed then
  local factor = math.min(1, number(row[1], 1) + math.max(0, now - number(row[2], 0)) * ${RECOVERY})
  redis.call('HSET', KEYS[1], 'factor', text(math.max(${LEAST}, factor / 2)), 'slowed', text(now))
end
redis.call('HSET', KEYS[1], 'closed', text(math.max(closed, now + tonumber(ARGV[1]))))
redis.call('PEXPIRE', KEYS[1], ${KEEP_MS})`

const PAUSE = `${NOW}
local untilMs = math.max(number(redis.call('GET', KEYS[1]), 0), now + tonumber(ARGV[1]))
redis.call('SET', KEYS[1], text(untilMs), 'PX', math.ceil(untilMs - now) + ${KEEP_MS})`

declare module 'ioredis' {
  interface RedisCommander<Context> {
    rollcallTake(row: string, door: string, step: number, horizon: number): Result<[number, string], Context>
    rollcallSlowDown(row: string, waitMs: number): Result<null, Context>
    rollcallPause(door: string, waitMs: number): Result<null, Context>
  }
}

/**
 * The limiter that all who use one Redis share. Fails closed: without Redis there is no place, hence no call.
 *
 * @param redis one connection, whose commands give up after a time (`maxRetriesPerRequest`, `commandTimeout`)
 */
export function createRedisLimiter(redis: Redis, options: SharedOptions & { readonly prefix?: string } = {}): Limiter {
  redis.defineCommand('rollcallTake', { numberOfKeys: 2, lua: TAKE })
  redis.defineCommand('rollcallSlowDown', { numberOfKeys: 1, lua: SLOW_DOWN })
  redis.defineCommand('rollcallPause', { numberOfKeys: 1, lua: PAUSE })
  return createSharedLimiter(redisPlaces(redis, options.prefix ?? 'rollcall'), options)
}

function redisPlaces(redis: Redis, prefix: string): Places {
  // One hash tag a source: the keys of one script lie on one node of a cluster.
  const door = (source: string): string => `${prefix}:limit:{${source}}`
  const row = (source: string, endpoint: string): string => `${door(source)}:${endpoint}`
  return {
    async take(source, endpoint, stepMs, horizonMs) {
      const answer = await explained(() => redis.rollcallTake(row(source, endpoint), door(source), stepMs, horizonMs))
      return { taken: answer[0] === 1, waitMs: Number(answer[1]) }
    },
    async slowDown(source, endpoint, waitMs) {
      await explained(() => redis.rollcallSlowDown(row(source, endpoint), waitMs))
    },
    async pause(source, waitMs) {
      await explained(() => redis.rollcallPause(door(source), waitMs))
    },
  }
}

async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause)
    throw new OperatorError(
      `the rate limiter's Redis does not answer (${said}), so nothing may be sent: start it, or mend REDIS_URL`,
      { cause },
    )
  }
}
