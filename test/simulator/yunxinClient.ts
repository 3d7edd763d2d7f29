import { createHash } from 'node:crypto'
import { manualClock } from '../../src/simulator/clock.ts'
import { type SimulatorOptions, startSimulator } from '../../src/simulator/index.ts'
import { createWorld } from '../../src/simulator/world.ts'
import type { YunxinApp, YunxinQuirks } from '../../src/simulator/yunxin/index.ts'
import { ask } from './easemobClient.ts'

export const SECRET = 'fixture-app-secret'
export const KEY = 'fixture-app-key'

/** Written from Y1 alone, so that it can disagree with the simulator. */
export function signed(over: { nonce?: string; time?: number | string; secret?: string; key?: string } = {}) {
  const { nonce = `n${Math.random()}`, time = Math.floor(Date.now() / 1000), secret = SECRET, key = KEY } = over
  const CheckSum = createHash('sha1').update(`${secret}${nonce}${time}`, 'utf8').digest('hex')
  return { AppKey: key, Nonce: nonce, CurTime: String(time), CheckSum }
}

/** A simulator with one empty Yunxin app, its limits off unless the test wants them. */
export async function yunxinSimulator(
  quirks: Partial<YunxinQuirks> = {},
  over: Partial<YunxinApp> = {},
  options: Partial<SimulatorOptions> = {},
) {
  const clock = manualClock(Date.UTC(2024, 0, 1))
  const world = createWorld(clock)
  const app: YunxinApp = {
    vendor: 'yunxin',
    name: 'yun',
    appKey: KEY,
    appSecret: SECRET,
    world,
    quirks,
    limits: 'off',
    ...over,
  }
  const simulator = await startSimulator({ apps: [app], ...options })
  const get = async (path: string, headers: Record<string, string> = signed()) => {
    const answer = await ask(`${simulator.url}/im/v2.1${path}`, { headers })
    const code: unknown = answer.json?.code
    return { ...answer, code, data: answer.json?.data }
  }
  return { simulator, world, clock, app, quirks, get, [Symbol.asyncDispose]: () => simulator.close() }
}
