import { createHmac } from 'node:crypto'
import { deflateSync } from 'node:zlib'
import { request } from 'undici'
import { manualClock } from '../../src/simulator/clock.ts'
import { type SimulatorOptions, startSimulator } from '../../src/simulator/index.ts'
import type { TencentApp, TencentQuirks } from '../../src/simulator/tencent/index.ts'
import { createWorld } from '../../src/simulator/world.ts'

export const KEY = 'fixture-secret-key-0123456789abcdef'
export const APP_ID = 1400000001

/** Written from T1.2 alone, so that it can disagree with the simulator. */
export function userSig(
  over: { key?: string; id?: string; app?: number; time?: number; expire?: number } = {},
): string {
  const { key = KEY, id = 'administrator', app = APP_ID, time = Math.floor(Date.now() / 1000), expire = 86400 } = over
  const text = `TLS.identifier:${id}\nTLS.sdkappid:${app}\nTLS.time:${time}\nTLS.expire:${expire}\n`
  const fields = {
    'TLS.ver': '2.0',
    'TLS.identifier': id,
    'TLS.sdkappid': app,
    'TLS.expire': expire,
    'TLS.time': time,
    'TLS.sig': createHmac('sha256', key).update(text).digest('base64'),
  }
  const packed = deflateSync(JSON.stringify(fields)).toString('base64')
  return packed.replace(/\+/g, '*').replace(/\//g, '-').replace(/=/g, '_')
}

export interface Answered {
  status: number
  text: string
  code: number
  // A JSON answer whose fields the test knows.
  // oxlint-disable-next-line typescript/no-explicit-any
  json: any
}

export async function post(
  url: string,
  command: string,
  body: unknown,
  query: Record<string, string | undefined> = {},
): Promise<Answered> {
  const parameters: Record<string, string | undefined> = {
    sdkappid: String(APP_ID),
    identifier: 'administrator',
    usersig: query['usersig'] ?? userSig(),
    random: '4294967295',
    contenttype: 'json',
    ...query,
  }
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) search.set(name, value)
  const response = await request(`${url}/v4/group_open_http_svc/${command}?${search.toString()}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const text = await response.body.text()
  try {
    const json = JSON.parse(text)
    return { status: response.statusCode, text, json, code: json.ErrorCode }
  } catch {
    return { status: response.statusCode, text, json: null, code: -1 }
  }
}

/** A simulator with one empty Tencent app, its limits off unless the test wants them. */
export async function tencentSimulator(
  quirks: Partial<TencentQuirks> = {},
  over: Partial<TencentApp> = {},
  options: Partial<SimulatorOptions> = {},
) {
  const clock = manualClock(Date.UTC(2024, 0, 1))
  const world = createWorld(clock)
  const app: TencentApp = {
    vendor: 'tencent',
    name: 'acme',
    sdkAppId: APP_ID,
    secretKey: KEY,
    admins: ['administrator'],
    world,
    quirks,
    limits: 'off',
    ...over,
  }
  const simulator = await startSimulator({ apps: [app], ...options })
  const call = (command: string, body: unknown, query?: Record<string, string | undefined>) =>
    post(simulator.url, command, body, query)
  return { simulator, world, clock, app, quirks, call, [Symbol.asyncDispose]: () => simulator.close() }
}
