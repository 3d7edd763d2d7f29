import { createMemoryLimiter } from '../../src/limits/memory.ts'
import { startSimulator } from '../../src/simulator/index.ts'
import type { TencentApp } from '../../src/simulator/tencent/index.ts'
import { createWorld } from '../../src/simulator/world.ts'
import { createTransport } from '../../src/transport/transport.ts'
import { createVendor } from '../../src/vendors/index.ts'
import type { TencentConfig } from '../../src/vendors/tencent/config.ts'
import { CONFIG } from './scripted.ts'

export interface Setting {
  quirks?: TencentApp['quirks']
  limits?: TencentApp['limits']
  config?: Partial<TencentConfig>
  rates?: Record<string, number>
}

/**
 * A simulated vendor and an adapter over real sockets, both living by one clock that only sleeps and tests move: waits are
 * exact and take no time.
 */
export async function simulate({ quirks = {}, limits = 'off', config = {}, rates = {} }: Setting = {}) {
  const clock = { at: Date.UTC(2026, 0, 1), now: () => clock.at }
  const world = createWorld(clock)
  const { sdkAppId, secretKey, identifier } = CONFIG
  const app: TencentApp = { vendor: 'tencent', name: 'acme', sdkAppId, secretKey, admins: [identifier], world, quirks }
  app.limits = limits
  const sim = await startSimulator({ apps: [app], wallClock: clock })
  const slept: number[] = []
  const logged: unknown[] = []
  const unlimited = Number.POSITIVE_INFINITY
  const transport = createTransport({
    source: 'acme',
    limiter: createMemoryLimiter(clock),
    rates: {
      getAppidGroupList: unlimited,
      getJoinedGroupList: unlimited,
      getGroupInfo: unlimited,
      getGroupMemberInfo: unlimited,
      getRoleInGroup: unlimited,
      ...rates,
    },
    timeoutMs: 300,
    clock,
    random: () => 0.5,
    async sleep(ms) {
      slept.push(ms)
      clock.at += ms
    },
    log: { warn: (fields, message) => logged.push([fields, message]) },
  })
  const vendor = createVendor(
    { vendor: 'tencent', ...CONFIG, baseUrl: sim.url, ...config },
    { send: transport.send, clock },
  )
  return {
    clock,
    world,
    sim,
    app,
    transport,
    vendor,
    slept,
    logged,
    signal: new AbortController().signal,
    /** Groups `g0`, `g1`, … with this many members `u0`, `u1`, …, the first of them the owner. */
    fill(groups: number, members: number, type = 'Public') {
      for (let g = 0; g < groups; g++) {
        world.createGroup({ groupId: `g${g}`, type })
        for (let m = 0; m < members; m++) world.join(`g${g}`, `u${m}`, { role: m === 0 ? 'Owner' : 'Member' })
      }
    },
    async [Symbol.asyncDispose]() {
      await transport[Symbol.asyncDispose]()
      await sim[Symbol.asyncDispose]()
    },
  }
}
