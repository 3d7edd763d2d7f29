import type { createRandom } from '../../src/simulator/random.ts'
import type { World } from '../../src/simulator/types.ts'
import { DIALECTS, type TestDialect } from './dialects.ts'

/** Groups of people, the first of each its owner, of the kinds that the vendor lists in different ways. */
export function generateInto(
  world: World,
  { groups, members, random }: { groups: number; members: number; random: ReturnType<typeof createRandom> },
  { groupId: idOf, types }: Pick<TestDialect, 'groupId' | 'types'> = DIALECTS.tencent,
): void {
  for (let g = 0; g < groups; g++) {
    const groupId = idOf(g)
    world.createGroup({ groupId, type: types[g % types.length] ?? '', name: `group ${g}` })
    const size = 5 + random.int(members - 5)
    for (let m = 0; m < size; m++) world.join(groupId, `u${g}_${m}`, { role: m === 0 ? 'Owner' : 'Member' })
  }
}
