import { ENDPOINTS } from '../../core/endpoints.ts'
import { VendorError } from '../../core/errors.ts'
import type { Fault } from '../../core/errors.ts'
import type { HttpAnswer, WireDeps } from '../types.ts'
import { retryAfter } from '../headers.ts'
import { parsePlain } from '../json.ts'
import { isRaw } from '../raw.ts'
import type { Raw } from '../raw.ts'
import type { TencentConfig } from './config.ts'
import { callerOf, refusal } from './refusal.ts'
import type { Caller } from './refusal.ts'
import { createSigner } from './usersig.ts'

export type Endpoint = keyof typeof ENDPOINTS.tencent

const COMMANDS = {
  getAppidGroupList: 'get_appid_group_list',
  getJoinedGroupList: 'get_joined_group_list',
  getGroupInfo: 'get_group_info',
  getGroupMemberInfo: 'get_group_member_info',
  getRoleInGroup: 'get_role_in_group',
} as const satisfies Record<Endpoint, string>

/** An answer of the vendor, opened but not yet judged. */
export interface Opened {
  readonly body: Raw
  /** 0: success, whatever `ErrorInfo` says. */
  readonly code: number
  readonly answer: HttpAnswer
  /** The refusal this answer is, under its code's fault or the one given. */
  refusal(fault?: Fault): VendorError
}

export interface Wire {
  readonly caller: Caller
  /** One command. `json` is the body as text; `read` judges the opened answer, and throws its `refusal()` or returns. */
  ask<T>(endpoint: Endpoint, json: string, signal: AbortSignal, read: (opened: Opened) => T): Promise<T>
}

/** The command protocol of the REST API (S0, S1, S2): POST, signed in the query, HTTP 200 with `ErrorCode` in the body. */
export function createWire(config: TencentConfig, { send, clock, random = Math.random }: WireDeps): Wire {
  const signer = createSigner(config, clock)
  const caller = callerOf(config)
  const base = `${config.baseUrl.replace(/\/+$/, '')}/v4/group_open_http_svc`

  function url(command: string): string {
    const query = [
      `sdkappid=${config.sdkAppId}`,
      `identifier=${encodeURIComponent(config.identifier)}`,
      `usersig=${encodeURIComponent(signer.current())}`,
      `random=${Math.floor(random() * 2 ** 32)}`,
      'contenttype=json',
    ]
    return `${base}/${command}?${query.join('&')}`
  }

  return {
    caller,
    ask: (endpoint, json, signal, read) =>
      send(
        {
          endpoint,
          request: () => ({
            method: 'POST',
            url: url(COMMANDS[endpoint]),
            headers: { 'content-type': 'application/json' },
            body: json,
          }),
          parse: (answer) => read(open(caller, endpoint, answer)),
          async renew() {
            signer.renew()
          },
        },
        signal,
      ),
  }
}

function open(caller: Caller, endpoint: string, answer: HttpAnswer): Opened {
  const fail = (fault: Fault, code: string, says: string, waitMs = 0) =>
    new VendorError(`${caller.host} ${endpoint}: ${says}`, { fault, code, endpoint, waitMs })
  const { status } = answer
  const http = `HTTP ${status}`
  if (status === 429) throw fail('rateLimited', http, `${http}, calls too frequent`, retryAfter(answer))
  if (status === 408 || status >= 500) throw fail('retry', http, `the gateway answered ${http}`, retryAfter(answer))
  const body = parsePlain(answer.text)
  if (!isRaw(body)) {
    if (status === 200) throw fail('retry', 'not JSON', 'the answer is not a JSON object: is a proxy in between?')
    throw fail('stop', http, `${http} without a JSON answer: check baseUrl (region) of app ${caller.sdkAppId}`)
  }
  const code = codeOf(body)
  if (code === null) {
    if (status === 200) throw fail('retry', 'no ErrorCode', 'the answer has no ErrorCode')
    throw fail('stop', http, `${http} without an ErrorCode: check baseUrl (region) of app ${caller.sdkAppId}`)
  }
  return { body, code, answer, refusal: (fault) => refusal(caller, endpoint, code, body['ErrorInfo'], fault) }
}

/** `ErrorCode` as a number, or as its digits; 0 where only `ActionStatus` says OK; null where nothing tells. */
export function codeOf(body: Raw): number | null {
  const code = body['ErrorCode']
  if (typeof code === 'number') return code
  if (typeof code === 'string' && /^\d{1,9}$/.test(code)) return Number(code)
  return body['ActionStatus'] === 'OK' ? 0 : null
}
