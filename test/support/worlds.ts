import type { createRandom } from '../../src/simulator/random.ts'
import type { World } from '../../src/simulator/types.ts'

/** Groups of people, the first of each its owner; every fourth group is a Community, which is paged by cursor. */
export function generateInto(
  world: World,
  { groups, members, random }: { groups: number; members: number; random: ReturnType<typeof createRandom> },
): void {
  for (let g = 0; g < groups; g++) {
    const community = g % 4 === 3
    const groupId = community ? `@TGS#_@TGS#c${g}` : `@TGS#g${g}`
    world.createGroup({ groupId, type: community ? 'Community' : 'Public', name: `group ${g}` })
    const size = 5 + random.int(members - 5)
    for (let m = 0; m < size; m++) world.join(groupId, `u${g}_${m}`, { role: m === 0 ? 'Owner' : 'Member' })
  }
}
