import { setMaxListeners } from 'node:events'
import { setTimeout as sleepFor } from 'node:timers/promises'
import type { Clock } from '../core/clock.ts'
import { VendorError } from '../core/errors.ts'
import type { Limiter, LimitKey } from '../limits/types.ts'
import { type Trace, untraced } from '../trace.ts'
import type { Call, Send } from '../vendors/types.ts'
import { CONNECTIONS, createHttp, type Http } from './http.ts'
import { NO_TRIES, PATIENCE, nextStep } from './policy.ts'
import type { Patience, Step } from './policy.ts'
import { createWaits } from './waits.ts'
import type { Waiting, Waits } from './waits.ts'

export interface TransportOptions {
  /** The name of the source: half of every limit's key. */
  readonly source: string
  readonly limiter: Limiter
  /** The rate in force of every endpoint, calls a second. */
  readonly rates: Readonly<Record<string, number>>
  /** For one HTTP exchange. */
  readonly timeoutMs: number
  /** Every call takes the next place, ahead of those that are not urgent. */
  readonly urgent?: boolean
  /**
   * Connections that others use as well; they stay open when this transport ends. A call on a new connection comes late
   * by the time it takes to connect, and those after it come too close.
   */
  readonly http?: Http
  /** Sockets at a time, default `CONNECTIONS`. */
  readonly connections?: number
  /** The longest answer that is read, default 16 MiB. */
  readonly maxBytes?: number
  readonly patience?: Partial<Patience>
  /** For `waiting` alone; the limiter has a clock of its own. */
  readonly clock?: Clock
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>
  /** Chance in [0, 1), for the jitter. */
  readonly random?: () => number
  readonly log?: TransportLog
  readonly trace?: Trace | undefined
}

/** As pino has it. Fields hold endpoint, code, fault and waits, never a URL, a header or a body. */
export interface TransportLog {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void
}

export interface Transport extends AsyncDisposable {
  readonly send: Send
  /** HTTP exchanges begun, by endpoint, the repeated ones included; since the transport was made. */
  calls(): Readonly<Record<string, number>>
  /** How often the vendor said "too fast". */
  rateLimited(): number
  /** The longest wait under way, null when nothing waits. */
  waiting(): Waiting | null
}

/** A place is void so long after its time. The pace of 97 % leaves 30 ms in each second. */
const LATE_MS = 15
/** A process that is always late is not late by chance, and may go on. */
const MOST_PLACES = 4

/** The one way to a vendor: asks the limiter, sends, and repeats by the policy. Nothing above it repeats a call. */
export function createTransport(options: TransportOptions): Transport {
  const { source, limiter, rates, timeoutMs, log, random = Math.random, trace = untraced } = options
  const { connections = CONNECTIONS, maxBytes = 16 * 1024 * 1024 } = options
  const patience = { ...PATIENCE, ...options.patience }
  const http = options.http ?? createHttp({ timeoutMs, connections, maxBytes })
  const waits: Waits = createWaits(options.clock ?? Date, options.sleep ?? sleep)
  const counts: Record<string, number> = {}
  /** How often the door was shut, by endpoint and (`''`) for all of them: a place reserved before that is void. */
  const shut = new Map<string, number>()
  let slowed = 0

  const shutCount = (endpoint: string) => (shut.get(endpoint) ?? 0) + (shut.get('') ?? 0)
  const shutAgain = (endpoint: string) => shut.set(endpoint, (shut.get(endpoint) ?? 0) + 1)

  /**
   * Waits for a place in the limiter's row. Asks anew when the door was shut meanwhile, and when this process was too busy
   * to be on time: calls that were held up together would be sent together, above the limit.
   */
  async function turn(key: LimitKey, urgent: boolean, signal: AbortSignal): Promise<void> {
    for (let missed = 0; ; ) {
      const before = shutCount(key.endpoint)
      const wait = await limiter.reserve(key, { urgent: urgent || missed > 0, signal })
      const due = performance.now() + wait
      await waits.wait(key.endpoint, wait, 'limit', signal)
      const late = performance.now() - due > LATE_MS && key.perSecond !== Number.POSITIVE_INFINITY
      if (late) missed++
      if (before === shutCount(key.endpoint) && (!late || missed === MOST_PLACES)) return
    }
  }

  async function act<T>(step: Step, call: Call<T>, key: LimitKey, signal: AbortSignal): Promise<void> {
    switch (step.do) {
      case 'wait':
        return waits.wait(call.endpoint, step.ms, 'retry', signal)
      case 'slowDown':
        await limiter.slowDown(key, step.ms)
        shutAgain(call.endpoint)
        return waits.wait(call.endpoint, step.ms, 'rateLimited', signal)
      case 'pause':
        await limiter.pause(source, step.ms)
        shutAgain('')
        return waits.wait(call.endpoint, step.ms, 'paused', signal)
      case 'renew':
        return call.renew?.(signal)
      case 'giveUp':
        return
    }
  }

  const send: Send = async (call, signal) => {
    const { endpoint } = call
    const perSecond = rates[endpoint]
    if (perSecond === undefined) throw new Error(`no rate is given for ${endpoint}`)
    setMaxListeners(0, signal) // one signal ends any number of calls: many listeners are no leak
    const key = { source, endpoint, perSecond }
    for (let tries = NO_TRIES; ; ) {
      signal.throwIfAborted()
      await turn(key, options.urgent === true || tries !== NO_TRIES, signal)
      counts[endpoint] = (counts[endpoint] ?? 0) + 1
      try {
        // Every exchange is a span of its own: between two of them lies a wait.
        return await trace(`call ${endpoint}`, { source, endpoint }, async () =>
          call.parse(await http.exchange(endpoint, await call.request(), signal)),
        )
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof VendorError)) throw error
        if (error.fault === 'rateLimited') slowed++
        const step = nextStep(error.fault, error.waitMs, tries, random(), patience)
        if (step.do === 'giveUp') throw step.tries === NO_TRIES ? error : gaveUp(error, step)
        const { code, fault } = error
        log?.warn({ source, endpoint, code, fault, ms: 'ms' in step ? Math.round(step.ms) : 0 }, error.message)
        tries = step.tries
        await act(step, call, key, signal)
      }
    }
  }

  return {
    send,
    calls: () => ({ ...counts }),
    rateLimited: () => slowed,
    waiting: () => waits.longest(),
    [Symbol.asyncDispose]: async () => (options.http === undefined ? http[Symbol.asyncDispose]() : undefined),
  }
}

/** The same error, saying that repeating it did not help. */
function gaveUp(error: VendorError, step: Extract<Step, { readonly do: 'giveUp' }>): VendorError {
  const { retried, slowed, renewed, paused } = step.tries
  const { code, endpoint, waitMs } = error
  const tries = 1 + retried + slowed + renewed + paused
  const message = `${error.message} (still so after ${tries} tries)`
  return new VendorError(message, { fault: step.fault, code, endpoint, waitMs, cause: error })
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleepFor(ms, undefined, { signal })
  } catch (error) {
    signal.throwIfAborted()
    throw error
  }
}
