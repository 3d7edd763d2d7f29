import type { Clock } from '../core/clock.ts'
import type { Millis } from '../core/member.ts'

/** `limit`: our own pace. `rateLimited`: the vendor said "too fast". `paused`: it shut the door. `retry`: passing trouble. */
export type WaitReason = 'limit' | 'retry' | 'rateLimited' | 'paused'

/** For people: what is being waited for, and how many ms more. */
export interface Waiting {
  readonly endpoint: string
  readonly ms: number
  readonly why: WaitReason
}

/** The waits of one transport, so that progress can say why nothing moves. */
export interface Waits {
  wait(endpoint: string, ms: number, why: WaitReason, signal: AbortSignal): Promise<void>
  longest(): Waiting | null
}

export function createWaits(clock: Clock, sleep: (ms: number, signal: AbortSignal) => Promise<void>): Waits {
  const under = new Set<{ readonly endpoint: string; readonly until: Millis; readonly why: WaitReason }>()
  return {
    async wait(endpoint, ms, why, signal) {
      if (ms <= 0) return
      const whole = Math.ceil(ms)
      const entry = { endpoint, until: clock.now() + whole, why }
      under.add(entry)
      try {
        await sleep(whole, signal)
      } finally {
        under.delete(entry)
      }
    },
    longest() {
      let found: Waiting | null = null
      for (const { endpoint, until, why } of under) {
        const ms = Math.max(0, until - clock.now())
        if (found === null || ms > found.ms) found = { endpoint, ms, why }
      }
      return found
    },
  }
}
