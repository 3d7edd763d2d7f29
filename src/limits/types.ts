/** One question: when may I send? Keys are a source and one of its endpoints. */
export interface Limiter {
  /**
   * Reserves the next free place and returns the ms to wait before sending (reservation-style GCRA).
   * `urgent` asks take the next place ahead of others' future ones, never above the limit. Throws when the store is down.
   * Where many wait, the answer itself comes late: places are given out a short time ahead. `signal` ends that wait.
   */
  reserve(key: LimitKey, options?: { urgent?: boolean; signal?: AbortSignal }): Promise<number>
  /** The vendor said "too fast": nobody sends on this endpoint for `waitMs`, and its rate is lowered; it recovers slowly. */
  slowDown(key: LimitKey, waitMs: number): Promise<void>
  /** The vendor shut the door: nobody sends anything to this source for `waitMs`. */
  pause(source: string, waitMs: number): Promise<void>
}

export interface LimitKey {
  readonly source: string
  readonly endpoint: string
  /** The rate in force, calls a second: documented limit × rateShare, or the configured figure. `Infinity`: no limit. */
  readonly perSecond: number
}
