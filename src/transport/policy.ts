import type { Fault } from '../core/errors.ts'

/** How long the transport keeps trying. Waits in ms. */
export interface Patience {
  /** Tries of one call in all while it meets passing trouble. */
  readonly attempts: number
  /** Tries while the vendor says "too fast": time cures that for certain. */
  readonly rateLimitedAttempts: number
  /** The first ceiling of the backoff; it doubles with each try up to `capMs`. */
  readonly baseMs: number
  readonly capMs: number
  /** The least wait after "too fast". */
  readonly rateLimitedMs: number
  /** The least wait after the vendor shut the door. */
  readonly pauseMs: number
  /** A longer wait than this is not waited for: the call fails and the next run finds the door open. */
  readonly longestMs: number
}

export const PATIENCE: Patience = {
  attempts: 5,
  rateLimitedAttempts: 12,
  baseMs: 400,
  capMs: 20_000,
  rateLimitedMs: 1000,
  pauseMs: 60_000,
  longestMs: 300_000,
}

/** What one call has been through. */
export interface Tries {
  readonly retried: number
  readonly slowed: number
  readonly renewed: number
  readonly paused: number
}

export const NO_TRIES: Tries = { retried: 0, slowed: 0, renewed: 0, paused: 0 }

/** What to do about a fault. `giveUp` throws the error, under `fault` where experience has shown it to be worse. */
export type Step =
  | { readonly do: 'wait'; readonly ms: number; readonly tries: Tries }
  | { readonly do: 'slowDown'; readonly ms: number; readonly tries: Tries }
  | { readonly do: 'pause'; readonly ms: number; readonly tries: Tries }
  | { readonly do: 'renew'; readonly tries: Tries }
  | { readonly do: 'giveUp'; readonly fault: Fault; readonly tries: Tries }

/**
 * The one policy of repeating: passing trouble and "too fast" with a full jitter backoff, the vendor's wait as its floor and
 * ours as its ceiling; a stale credential made new once; a shut door waited for once; everything else thrown at once.
 *
 * @param waitMs the least wait the vendor asks for, 0 for none
 * @param chance in [0, 1)
 */
export function nextStep(fault: Fault, waitMs: number, tries: Tries, chance: number, patience: Patience): Step {
  const giveUp = (as: Fault = fault): Step => ({ do: 'giveUp', fault: as, tries })
  switch (fault) {
    case 'retry': {
      const next = { ...tries, retried: tries.retried + 1 }
      const ms = backoff(waitMs, tries.retried, chance, patience)
      return next.retried < patience.attempts && ms <= patience.longestMs ? { do: 'wait', ms, tries: next } : giveUp()
    }
    case 'rateLimited': {
      const next = { ...tries, slowed: tries.slowed + 1 }
      const ms = backoff(Math.max(waitMs, patience.rateLimitedMs), tries.slowed, chance, patience)
      const patient = next.slowed < patience.rateLimitedAttempts && ms <= patience.longestMs
      return patient ? { do: 'slowDown', ms, tries: next } : giveUp()
    }
    case 'renew':
      return tries.renewed === 0 ? { do: 'renew', tries: { ...tries, renewed: 1 } } : giveUp('stop')
    case 'pause': {
      const ms = Math.max(waitMs, patience.pauseMs)
      if (tries.paused > 0 || ms > patience.longestMs) return giveUp('stop')
      return { do: 'pause', ms, tries: { ...tries, paused: 1 } }
    }
    case 'stop':
    case 'gone':
    case 'badId':
    case 'accountGone':
    case 'memberGone':
    case 'forbidden':
    case 'unlistable':
    case 'tooBig':
    case 'notEnabled':
    case 'bug':
      return giveUp()
  }
}

/** Full jitter between the vendor's floor and our doubling ceiling; above a floor that is higher, one base step. */
function backoff(floorMs: number, repeats: number, chance: number, { baseMs, capMs }: Patience): number {
  const ceiling = Math.min(capMs, baseMs * 2 ** repeats)
  return floorMs + chance * Math.max(ceiling - floorMs, baseMs)
}
