import { setTimeout as sleepFor } from 'node:timers/promises'
import pLimit, { type LimitFunction } from 'p-limit'
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

/** The limiter that many processes share. Of one process and endpoint, a few ordinary asks at a time stand in the row. */
export function createSharedLimiter(places: Places, options: SharedOptions = {}): Limiter {
  const { horizonMs = 250, sleep = pauseFor } = options
  const lines = new Map<string, LimitFunction>()

  async function ordinary(key: LimitKey, signal: AbortSignal | undefined): Promise<number> {
    for (;;) {
      signal?.throwIfAborted()
      const { taken, waitMs } = await places.take(key.source, key.endpoint, stepOf(key.perSecond), horizonMs)
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
      const step = stepOf(key.perSecond)
      if (urgent) return (await places.take(key.source, key.endpoint, step, FOREVER)).waitMs
      return lineOf(key)(() => ordinary(key, signal))
    },
    slowDown: (key, waitMs) => places.slowDown(key.source, key.endpoint, waitMs),
    pause: (source, waitMs) => places.pause(source, waitMs),
  }
}

const FOREVER = 1e12
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
