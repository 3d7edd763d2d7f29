import { setTimeout as sleepFor } from 'node:timers/promises'
import pLimit, { type LimitFunction } from 'p-limit'
import type { Millis } from '../core/member.ts'
import { stepOf } from './pace.ts'
import type { Limiter, LimitKey } from './types.ts'

/** Rows of places in a store that all processes see, told by the store's own clock. Every method is one atomic step. */
export interface Places {
  /**
   * Takes the next free place if it is at most `horizonMs` away, and says how far. Else takes nothing and says how far
   * the next free place is.
   *
   * @param stepMs from one place to the next at the full rate
   */
  take(source: string, endpoint: string, stepMs: number, horizonMs: number): Promise<Place>
  slowDown(source: string, endpoint: string, waitMs: number): Promise<void>
  pause(source: string, waitMs: number): Promise<void>
}

export interface Place {
  readonly taken: boolean
  readonly waitMs: number
}

export interface SharedOptions {
  /**
   * Ordinary asks get no place further ahead than this, default 250 ms: an urgent ask then waits no longer than that,
   * however many wait. It must be longer than a call's way to the store and back, or places go unused.
   */
  readonly horizonMs?: number
  readonly sleep?: (ms: number, signal: AbortSignal | undefined) => Promise<void>
}

/**
 * The limiter that many processes share. Of one process and endpoint, a few ordinary asks at a time stand in the row.
 * A store that has lost its rows is told again what is closed by whoever has heard it of the vendor; rates that were
 * lowered are full again, and fall again with the vendor's next "too fast".
 */
export function createSharedLimiter(places: Places, options: SharedOptions = {}): Limiter {
  const { horizonMs = 250, sleep = pauseFor } = options
  const lines = new Map<string, LimitFunction>()
  const heard = createHeard()

  async function take({ source, endpoint, perSecond }: LimitKey, horizon: number): Promise<Place> {
    for (;;) {
      const place = await places.take(source, endpoint, stepOf(perSecond), horizon)
      const [door, closed] = [heard.left(source, ''), heard.left(source, endpoint)]
      if (place.waitMs + SLACK_MS >= Math.max(door, closed)) return place
      if (door >= closed) await places.pause(source, door)
      else await places.slowDown(source, endpoint, closed)
    }
  }

  async function ordinary(key: LimitKey, signal: AbortSignal | undefined): Promise<number> {
    for (;;) {
      signal?.throwIfAborted()
      const { taken, waitMs } = await take(key, horizonMs)
      if (taken) return waitMs
      await sleep(Math.max(1, waitMs - horizonMs), signal)
    }
  }

  /** Whoever asks first is served first, and only the first few of them ask the store again and again. */
  function lineOf(key: LimitKey): LimitFunction {
    const name = JSON.stringify([key.source, key.endpoint])
    const line = lines.get(name) ?? pLimit(ASKS_AT_ONCE)
    lines.set(name, line)
    return line
  }

  return {
    async reserve(key, { urgent = false, signal } = {}) {
      if (urgent) return (await take(key, FOREVER)).waitMs
      return lineOf(key)(() => ordinary(key, signal))
    },
    async slowDown({ source, endpoint }, waitMs) {
      heard.add(source, endpoint, waitMs)
      await places.slowDown(source, endpoint, waitMs)
    },
    async pause(source, waitMs) {
      heard.add(source, '', waitMs)
      await places.pause(source, waitMs)
    },
  }
}

/** What the vendor has closed by its word to this process; the endpoint `''` is all of a source. */
function createHeard() {
  const until = new Map<string, Millis>()
  const keyOf = (source: string, endpoint: string): string => JSON.stringify([source, endpoint])
  const left = (source: string, endpoint: string): Millis =>
    Math.max(0, (until.get(keyOf(source, endpoint)) ?? 0) - performance.now())
  return {
    left,
    add(source: string, endpoint: string, waitMs: Millis) {
      until.set(keyOf(source, endpoint), performance.now() + Math.max(waitMs, left(source, endpoint)))
    },
  }
}

const FOREVER = 1e12
/** Clocks of two machines run apart a little in the longest wait. */
const SLACK_MS = 1000
/** Of one process and endpoint: the way to the store and back takes time, in which a single one would get one place. */
const ASKS_AT_ONCE = 8

async function pauseFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleepFor(Math.ceil(ms), undefined, signal === undefined ? {} : { signal })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}
