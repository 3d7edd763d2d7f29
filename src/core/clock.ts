import type { Millis } from './member.ts'

/** The time as data. The program's clock and the demo's simulated one look the same to all that use them. */
export interface Clock {
  now(): Millis
}

/**
 * A clock that never repeats or goes back: each answer is at least 1 ms after the one before. Reads of a group then
 * always have `began_at < ended_at`, and two reads by one process are always in order.
 */
export function strictlyIncreasing(clock: Clock): Clock {
  let last = Number.NEGATIVE_INFINITY
  return {
    now() {
      last = Math.max(clock.now(), last + 1)
      return last
    },
  }
}
