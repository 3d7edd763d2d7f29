import type { Group } from '../../src/core/group.ts'
import type { EasemobApp } from '../../src/simulator/easemob/index.ts'
import { createWorld } from '../../src/simulator/world.ts'
import { walkGroup } from '../../src/sync/walk-group.ts'
import { CONFIG } from './easemob-scripted.ts'
import { connect } from './socket.ts'

export interface Setting {
  quirks?: EasemobApp['quirks']
  limits?: EasemobApp['limits']
  config?: Partial<typeof CONFIG>
}

/** A simulated app with a world, and an adapter connected to it. */
export async function simulate({ quirks = {}, limits = 'off', config = {} }: Setting = {}) {
  const clock = { at: Date.UTC(2026, 0, 1), now: () => clock.at }
  const world = createWorld(clock)
  const { baseUrl: _, ...credentials } = CONFIG
  const app: EasemobApp = { vendor: 'easemob', name: 'acme', ...credentials, world, quirks, limits }
  const socket = await connect({
    app,
    clock,
    config: (baseUrl) => ({ vendor: 'easemob', ...CONFIG, baseUrl, ...config }),
  })
  const { vendor, sim, signal } = socket

  async function groupOf(groupId: string): Promise<Group> {
    const [answer] = await vendor.details([{ groupId }], signal)
    if (answer?.kind !== 'found') throw new Error(`${groupId} is ${answer?.kind}`)
    return answer.group
  }

  return {
    ...socket,
    groupOf,
    /** The whole roll of a group, as a sync reads it. */
    async walk(groupId: string) {
      const group = await groupOf(groupId)
      const plan = vendor.walkPlan(group)
      if (plan === null) throw new Error(`${groupId} cannot be walked`)
      const { members, ...rest } = await walkGroup(vendor, group, plan, signal)
      return { ...rest, members: [...members] }
    },
    /** Groups `100`, `101`, … with this many members `u0`, `u1`, …, the first of them the owner. */
    fill(groups: number, members: number) {
      for (let g = 0; g < groups; g++) {
        const groupId = String(100 + g)
        world.createGroup({ groupId, type: 'Public' })
        for (let m = 0; m < members; m++) world.join(groupId, `u${m}`, { role: m === 0 ? 'Owner' : 'Member' })
      }
    },
    /** How many requests of an endpoint the vendor has seen. */
    asked: (endpoint: string) => sim.seen.filter((one) => one.endpoint === endpoint).length,
  }
}
