import type { Clock } from './types.ts'

/** A clock that a test, a timeline or the demo moves. */
export interface ManualClock extends Clock {
  /** Sets the time, ms. Going back is refused: a world's events are in order. */
  set(ms: number): void
  advance(ms: number): void
}

export const realClock: Clock = { now: () => Date.now() }

export function manualClock(start: number): ManualClock {
  let now = start
  const set = (ms: number) => {
    if (!(ms >= now)) throw new Error(`the clock stands at ${now} and cannot go to ${ms}`)
    now = ms
  }
  return { now: () => now, set, advance: (ms) => set(now + ms) }
}
