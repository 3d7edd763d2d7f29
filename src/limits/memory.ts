import type { Clock } from '../core/clock.ts'
import type { Millis } from '../core/member.ts'
import { LEAST, RECOVERY, stepOf } from './pace.ts'
import type { Limiter, LimitKey } from './types.ts'

interface Row {
  /** The first moment that nobody has reserved. */
  next: Millis
  /** The part of the rate in force at `slowedAt`; it grows back to 1. */
  factor: number
  slowedAt: Millis
  closedUntil: Millis
}

/**
 * The limiter of a single process: GCRA in reservation style with a burst of one. A place once given is not taken back, so
 * an urgent ask gets the next free place like any other, ahead of all that ask later.
 *
 * @param clock must not go back: by default the monotonic one of the process
 */
export function createMemoryLimiter(clock: Clock = performance): Limiter {
  const rows = new Map<string, Row>()
  const closedSources = new Map<string, Millis>()

  function rowOf({ source, endpoint }: LimitKey): Row {
    const id = JSON.stringify([source, endpoint])
    const known = rows.get(id)
    if (known) return known
    const never = Number.NEGATIVE_INFINITY
    const row = { next: never, factor: 1, slowedAt: never, closedUntil: never }
    rows.set(id, row)
    return row
  }

  return {
    async reserve(key) {
      const now = clock.now()
      const row = rowOf(key)
      const place = Math.max(now, row.next, row.closedUntil, closedSources.get(key.source) ?? now)
      row.next = place + stepOf(key.perSecond) / factorAt(row, now)
      return place - now
    },
    async slowDown(key, waitMs) {
      const now = clock.now()
      const row = rowOf(key)
      // Calls that were under way together are refused together: that is one sign of being too fast, not many.
      if (now >= row.closedUntil) {
        row.factor = Math.max(LEAST, factorAt(row, now) / 2)
        row.slowedAt = now
      }
      row.closedUntil = Math.max(row.closedUntil, now + waitMs)
    },
    async pause(source, waitMs) {
      const until = clock.now() + waitMs
      closedSources.set(source, Math.max(closedSources.get(source) ?? until, until))
    },
  }
}

function factorAt({ factor, slowedAt }: Row, now: Millis): number {
  return factor === 1 ? 1 : Math.min(1, factor + (now - slowedAt) * RECOVERY)
}
