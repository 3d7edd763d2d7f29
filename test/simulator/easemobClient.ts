import { request } from 'undici'
import { manualClock } from '../../src/simulator/clock.ts'
import type { EasemobApp, EasemobQuirks } from '../../src/simulator/easemob/index.ts'
import { type SimulatorOptions, startSimulator } from '../../src/simulator/index.ts'
import { createWorld } from '../../src/simulator/world.ts'

export interface Answered {
  status: number
  text: string
  // A JSON answer whose fields the test knows.
  // oxlint-disable-next-line typescript/no-explicit-any
  json: any
}

export async function ask(
  url: string,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answered> {
  const response = await request(url, { method, headers, ...(body !== undefined && { body }) })
  const text = await response.body.text()
  try {
    return { status: response.statusCode, text, json: JSON.parse(text) }
  } catch {
    return { status: response.statusCode, text, json: null }
  }
}

export const GRANT = { grant_type: 'client_credentials', client_id: 'YXA6fixture', client_secret: 'fixture-secret' }

/** A simulator with one empty Easemob app, its limits off unless the test wants them. */
export async function easemobSimulator(
  quirks: Partial<EasemobQuirks> = {},
  over: Partial<EasemobApp> = {},
  options: Partial<SimulatorOptions> = {},
) {
  const clock = manualClock(Date.UTC(2024, 0, 1))
  const world = createWorld(clock)
  const app: EasemobApp = {
    vendor: 'easemob',
    name: 'ease',
    orgName: 'acme_x',
    appName: 'im',
    clientId: GRANT.client_id,
    clientSecret: GRANT.client_secret,
    world,
    quirks,
    limits: 'off',
    ...over,
  }
  const simulator = await startSimulator({ apps: [app], ...options })
  const base = `${simulator.url}/acme_x/im`
  const json = { 'content-type': 'application/json', accept: 'application/json' }
  const token = (body: unknown = GRANT, at = base) =>
    ask(`${at}/token`, { method: 'POST', headers: json, body: typeof body === 'string' ? body : JSON.stringify(body) })
  let bearer = ''
  /** With a token of its own, asked for once. */
  const get = async (path: string, authorization?: string) => {
    if (authorization === undefined && bearer === '') bearer = `Bearer ${(await token()).json.access_token}`
    return ask(`${base}${path}`, { headers: { ...json, authorization: authorization ?? bearer } })
  }
  return { simulator, world, clock, app, quirks, base, token, get, [Symbol.asyncDispose]: () => simulator.close() }
}
