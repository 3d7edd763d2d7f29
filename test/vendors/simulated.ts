import type { TencentApp } from '../../src/simulator/tencent/index.ts'
import { createWorld } from '../../src/simulator/world.ts'
import type { TencentConfig } from '../../src/vendors/tencent/config.ts'
import { CONFIG } from './scripted.ts'
import { connect } from './socket.ts'

export interface Setting {
  quirks?: TencentApp['quirks']
  limits?: TencentApp['limits']
  config?: Partial<TencentConfig>
  rates?: Record<string, number>
}

/** A simulated app with a world, and an adapter connected to it. */
export async function simulate({ quirks = {}, limits = 'off', config = {}, rates = {} }: Setting = {}) {
  const clock = { at: Date.UTC(2026, 0, 1), now: () => clock.at }
  const world = createWorld(clock)
  const { sdkAppId, secretKey, identifier } = CONFIG
  const app: TencentApp = { vendor: 'tencent', name: 'acme', sdkAppId, secretKey, admins: [identifier], world, quirks }
  app.limits = limits
  const socket = await connect({
    app,
    clock,
    rates,
    config: (baseUrl) => ({ vendor: 'tencent', ...CONFIG, baseUrl, ...config }),
  })
  return {
    ...socket,
    /** Groups `g0`, `g1`, … with this many members `u0`, `u1`, …, the first of them the owner. */
    fill(groups: number, members: number, type = 'Public') {
      for (let g = 0; g < groups; g++) {
        world.createGroup({ groupId: `g${g}`, type })
        for (let m = 0; m < members; m++) world.join(`g${g}`, `u${m}`, { role: m === 0 ? 'Owner' : 'Member' })
      }
    },
  }
}
