import { ENDPOINTS } from '../../core/endpoints.ts'
import { VendorError } from '../../core/errors.ts'
import type { Fault } from '../../core/errors.ts'
import { retryAfter, skewOf } from '../headers.ts'
import { parseExact, parsePlain } from '../json.ts'
import { isRaw } from '../raw.ts'
import type { Raw } from '../raw.ts'
import type { Call, HttpAnswer, WireDeps } from '../types.ts'
import { FORBIDDEN, SIGNATURE_OR_PARAMETER } from './codes.ts'
import type { YunxinConfig } from './config.ts'
import { callerOf, judgedAs, refusal } from './refusal.ts'
import type { Caller } from './refusal.ts'
import { signedHeaders } from './sign.ts'
import { wholeOf } from './words.ts'

export type Endpoint = keyof typeof ENDPOINTS.yunxin

export interface Ask<T> {
  readonly endpoint: Endpoint
  /** Path and query behind the host. */
  readonly path: string
  /** Reads `data` of an answer with code 200. */
  readonly read: (data: Raw) => T
  /** False where no long id of the answer is needed: parsing is then many times faster. Default true. */
  readonly exact?: boolean
}

export interface Wire {
  readonly caller: Caller
  /** One GET. Throws the vendor's refusal for every code but 200. */
  ask<T>(ask: Ask<T>, signal: AbortSignal): Promise<T>
  /** Asks for a team that need not exist. Throws unless the signature is good; a sentence on a clock that is off, or null. */
  probe(signal: AbortSignal): Promise<string | null>
}

/** A call that cannot be wrong but for its signature: the documented answers are 200, 108302 and 108404 (S4). */
const PROBE_PATH = '/im/v2.1/teams/1?team_type=1'
/** What to check when a call that cannot be wrong is refused. */
const CURES: Readonly<Record<string, string>> = {
  [SIGNATURE_OR_PARAMETER]: 'check appSecret, and the clock of this machine: a signature is good for 5 minutes',
  [FORBIDDEN]: 'check appKey, and in the vendor’s console that the app may use the server API',
}

/** The v2.1 protocol (Y1, Y3): REST, signed by headers, HTTP 200 with `code`, `msg` and `data` in the body. */
export function createWire(config: YunxinConfig, { send, clock }: WireDeps): Wire {
  const caller = callerOf(config)
  const base = config.baseUrl.replace(/\/+$/, '')
  /** Answers that prove the signature good. */
  let accepted = 0
  let skew: string | null = null
  let probing: ReturnType<Wire['probe']> | null = null

  /** `renew` has nothing to make new: every try is signed anew, by the clock as it is then. */
  function callOf<T>({ endpoint, path, read, exact = true }: Ask<T>): Call<T> {
    return {
      endpoint,
      request: () => ({ method: 'GET', url: base + path, headers: signedHeaders(config, clock) }),
      parse(answer) {
        skew = skewOf(answer, clock)
        const body = open(caller, endpoint, answer, exact, accepted > 0)
        const code = wholeOf(body['code']) ?? 0
        if (code === 200 || code >= 102_000) accepted++
        if (code !== 200) throw refusal(caller, endpoint, code, body['msg'] ?? body['desc'])
        return read(isRaw(body['data']) ? body['data'] : {})
      },
      async renew() {},
    }
  }

  function probe(signal: AbortSignal): Promise<string | null> {
    const call = callOf({ endpoint: 'teamInfo', path: PROBE_PATH, read: () => null })
    function parse(answer: HttpAnswer) {
      const before = accepted
      try {
        call.parse(answer)
      } catch (error) {
        if (!(error instanceof VendorError)) throw error
        if (accepted > before) return skew
        const cure = CURES[error.code]
        if (cure === undefined) throw error
        throw judgedAs(error, 'stop', skew === null ? cure : `${cure}; ${skew}`)
      }
      return skew
    }
    return send({ ...call, parse }, signal)
  }

  /** 414 says "bad signature or bad parameter" and 403 "forbidden" or "wrong app key": another call tells them apart. */
  async function judge(error: VendorError, acceptedBefore: number, signal: AbortSignal): Promise<VendorError> {
    if (accepted === acceptedBefore) {
      probing ??= probe(signal).finally(() => {
        probing = null
      })
      await probing
    }
    if (error.code === FORBIDDEN) return error
    return judgedAs(error, 'bug', 'other calls are accepted, so it is a parameter of this one')
  }

  return {
    caller,
    probe,
    async ask(ask, signal) {
      const before = accepted
      try {
        return await send(callOf(ask), signal)
      } catch (error) {
        if (!(error instanceof VendorError) || CURES[error.code] === undefined) throw error
        throw await judge(error, before, signal)
      }
    },
  }
}

/** The body of an answer, whatever its `code` (which may be text). HTTP other than 200 is trouble on the way (Y3). */
function open(caller: Caller, endpoint: string, answer: HttpAnswer, exact: boolean, known: boolean): Raw {
  const { status, text } = answer
  const fail = (fault: Fault, code: string, says: string) =>
    new VendorError(`${caller.host} ${endpoint}: ${says}`, { fault, code, endpoint, waitMs: retryAfter(answer) })
  const http = `HTTP ${status}`
  if (status === 429) throw fail('rateLimited', http, `${http}, calls too frequent`)
  if (status === 408 || status >= 500) throw fail('retry', http, `the gateway answered ${http}`)
  if (status !== 200) {
    // A host that has never given a proper answer is the wrong one; one that has, has a bad moment.
    throw fail(
      known ? 'retry' : 'stop',
      http,
      `${http} instead of an answer: check baseUrl, and whether a proxy is in between`,
    )
  }
  const body = exact ? parseExact(text) : parsePlain(text)
  if (!isRaw(body))
    throw fail('retry', 'not JSON', 'the answer is not a JSON object: check baseUrl, is a proxy in between?')
  if (wholeOf(body['code']) === null) throw fail('retry', 'no code', 'the answer has no code: check baseUrl')
  return body
}
