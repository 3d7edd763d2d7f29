import type { Clock } from '../../core/clock.ts'
import { VendorError } from '../../core/errors.ts'
import type { Millis } from '../../core/member.ts'

export interface Issued {
  readonly token: string
  /** Null where the vendor does not say (`ttl` 0: for ever). */
  readonly lifeMs: number | null
}

export interface Tokens {
  /** A good token; one call at most fetches it, whoever waits. */
  current(signal: AbortSignal): Promise<string>
  /** The vendor refused `token`: makes a new one, unless that has happened since. */
  refused(token: string, signal: AbortSignal): Promise<void>
}

const UNKNOWN_LIFE_MS = 24 * 3_600_000
/** How long a failure is the answer to everybody: asking for tokens too often may get the account banned (E1). */
const FAILURE_MS = 60_000
/** How long an old token that is still good is used after a new one could not be had. */
const PUT_OFF_MS = 10_000

/**
 * The app token (E1): fetched once for all parallel calls, renewed after half its life as the vendor's SDK does. Every
 * failure is a `stop`, as `issue` has had its repeats: without a token no call of the source can succeed.
 */
export function createTokens(issue: (signal: AbortSignal) => Promise<Issued>, clock: Clock): Tokens {
  let held: { token: string; renewAt: Millis; endsAt: Millis } | null = null
  let flight: { done: Promise<void>; signal: AbortSignal } | null = null
  let failure: { error: VendorError; until: Millis } | null = null

  async function askForToken(signal: AbortSignal): Promise<void> {
    const askedAt = clock.now()
    try {
      const { token, lifeMs } = await issue(signal)
      const life = lifeMs ?? UNKNOWN_LIFE_MS
      held = { token, renewAt: askedAt + life / 2, endsAt: askedAt + life }
      failure = null
    } catch (error) {
      if (signal.aborted || !(error instanceof VendorError)) throw error
      const now = clock.now()
      const passing = error.fault === 'retry' || error.fault === 'rateLimited'
      if (passing && held !== null && now < held.endsAt) {
        held = { ...held, renewAt: now + PUT_OFF_MS }
        return
      }
      const { message, code, endpoint } = error
      failure = {
        error: new VendorError(message, { fault: 'stop', code, endpoint, cause: error }),
        until: now + FAILURE_MS,
      }
      throw failure.error
    }
  }

  async function current(signal: AbortSignal): Promise<string> {
    for (;;) {
      signal.throwIfAborted()
      const now = clock.now()
      if (held !== null && now < held.renewAt) return held.token
      if (failure !== null && now < failure.until) throw failure.error
      const mine = (flight ??= { done: askForToken(signal), signal })
      try {
        await mine.done
        if (held !== null) return held.token // even one that lives so short that it should be renewed already
      } catch (error) {
        // Another caller's end is not ours.
        if (!mine.signal.aborted || signal.aborted) throw error
      } finally {
        if (flight === mine) flight = null
      }
    }
  }

  return {
    current,
    async refused(token, signal) {
      if (held?.token === token) held = null
      await current(signal)
    },
  }
}
