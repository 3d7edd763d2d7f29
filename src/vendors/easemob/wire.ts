import type { ENDPOINTS } from '../../core/endpoints.ts'
import { VendorError } from '../../core/errors.ts'
import type { HttpAnswer, WireDeps } from '../types.ts'
import { open } from './answer.ts'
import type { Opened } from './answer.ts'
import type { EasemobConfig } from './config.ts'
import { callerOf } from './refusal.ts'
import type { Caller, Subject } from './refusal.ts'
import { createTokens } from './tokens.ts'
import type { Issued } from './tokens.ts'
import { numberOf } from './words.ts'

export type Endpoint = Exclude<keyof typeof ENDPOINTS.easemob, 'token'>

export interface Wire {
  readonly caller: Caller
  /**
   * One `GET`. `path` is what follows `/{org}/{app}`, its parts and query escaped; `read` makes something of a success,
   * or throws.
   */
  ask<T>(
    endpoint: Endpoint,
    path: string,
    subject: Subject,
    signal: AbortSignal,
    read: (opened: Opened) => T,
  ): Promise<T>
}

/** The REST protocol (E1, E3): `GET` under `/{org}/{app}` with an app token, refusals by HTTP status and `error`. */
export function createWire(config: EasemobConfig, { send, clock }: WireDeps): Wire {
  const caller = callerOf(config)
  const { baseUrl, orgName, appName, clientId, clientSecret } = config
  const base = `${baseUrl.replace(/\/+$/, '')}/${encodeURIComponent(orgName)}/${encodeURIComponent(appName)}`
  const credentials = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }
  const accept = 'application/json'

  const tokens = createTokens(
    (signal) =>
      send(
        {
          endpoint: 'token',
          request: () => ({
            method: 'POST',
            url: `${base}/token`,
            headers: { accept, 'content-type': 'application/json' },
            body: JSON.stringify(credentials),
          }),
          parse: (answer) => issued(caller, answer),
        },
        signal,
      ),
    clock,
  )

  return {
    caller,
    async ask(endpoint, path, subject, signal, read) {
      let token = await tokens.current(signal) // before a place in the call's own limit is taken
      return send(
        {
          endpoint,
          async request() {
            token = await tokens.current(signal)
            return { method: 'GET', url: base + path, headers: { accept, authorization: `Bearer ${token}` } }
          },
          parse: (answer) => read(open(caller, endpoint, answer, subject)),
          renew: (renewSignal) => tokens.refused(token, renewSignal),
        },
        signal,
      )
    },
  }
}

function issued(caller: Caller, answer: HttpAnswer): Issued {
  const { body } = open(caller, 'token', answer, {})
  const { access_token: token, expires_in: seconds } = body
  if (typeof token !== 'string' || token === '') {
    const message = `${caller.host} token: the answer has no access_token: check baseUrl`
    throw new VendorError(message, { fault: 'stop', code: 'no token', endpoint: 'token' })
  }
  const life = numberOf(seconds)
  return { token, lifeMs: life !== null && life > 0 ? life * 1000 : null }
}
