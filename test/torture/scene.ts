import type { VendorKind } from '../../src/core/endpoints.ts'
import { createRandom, type Random } from '../../src/simulator/random.ts'
import { DIALECTS } from '../support/dialects.ts'
import { createRig, type Rig } from '../support/rig.ts'
import { generateInto } from '../support/worlds.ts'

/** A source that has been read once, and a world that has moved on since: what a cell is played on. */
export interface Scene {
  readonly rig: Rig
  readonly random: Random
  /** Joins, leaves, rejoins, roles, a new group and (once) a dissolved one. */
  churn(): void
}

/** @param timeoutMs of each call; short, where answers that never come are to be met */
export async function createScene(vendor: VendorKind, seed: number, timeoutMs = 150): Promise<Scene> {
  const random = createRandom(seed)
  const rig = await createRig({ vendor, quirks: DIALECTS[vendor].smallPages, timeoutMs })
  const dialect = DIALECTS[vendor]
  generateInto(rig.world, { groups: 5, members: vendor === 'easemob' ? 130 : 45, random }, dialect)
  let fresh = 5
  let dissolved = false
  const scene = {
    rig,
    random,
    churn() {
      const { world, clock } = rig
      clock.advance(5000)
      for (const group of world.groups.values()) {
        if (group.dissolvedAt !== null) continue
        const ids = [...group.members.values()].filter(({ role }) => role === 'Member').map((one) => one.accountId)
        const [leaver, back, promoted] = [random.pick(ids), random.pick(ids), random.pick(ids)]
        if (leaver !== undefined && ids.length > 4) world.leave(group.groupId, leaver)
        clock.advance(2000)
        world.join(group.groupId, `new${fresh++}`)
        if (back !== undefined && back !== leaver && ids.length > 4) {
          world.leave(group.groupId, back)
          clock.advance(3000)
          world.join(group.groupId, back)
        }
        if (promoted !== undefined && group.members.has(promoted)) world.setRole(group.groupId, promoted, 'Admin')
      }
      const [first] = [...world.groups.values()].filter((group) => group.dissolvedAt === null)
      if (!dissolved && first !== undefined) world.dissolve(first.groupId)
      dissolved = true
      const groupId = dialect.groupId(fresh++)
      world.createGroup({ groupId, type: dialect.types[0] ?? '', name: 'late' })
      for (let n = 0; n < 4; n++) world.join(groupId, `late${n}`, { role: n === 0 ? 'Owner' : 'Member' })
      clock.advance(10_000)
    },
  }
  await rig.sync()
  scene.churn()
  return scene
}

/** A seed for each cell of its own, so that one can be played again alone. */
export function seedOf(seed: number, name: string): number {
  let hash = seed | 0
  for (let n = 0; n < name.length; n++) hash = (Math.imul(hash, 31) + name.charCodeAt(n)) | 0
  return (hash >>> 0) % 1_000_000
}
