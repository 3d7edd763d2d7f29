import { expect, test } from 'vitest'
import { lastRead, stays } from '../support/facts.ts'
import { shownRoll, trueRoll } from '../support/rig.ts'
import { rigsOfTest } from '../support/rigs-of-test.ts'

/** Easemob: the details say who is in, and only the member pages say since when. */

const rigOf = rigsOfTest()
const G = '1001'

test('member pages that fail leave the read unproven: who left and came back is not taken for who stayed', async () => {
  const rig = await rigOf({ vendor: 'easemob' })
  rig.world.createGroup({ groupId: G, type: 'Public', name: 'g' })
  for (let n = 0; n < 8; n++) rig.world.join(G, `u${n}`, { role: n === 0 ? 'Owner' : 'Member' })
  rig.clock.advance(10_000)
  await rig.sync()
  rig.world.leave(G, 'u3')
  rig.clock.advance(5000)
  rig.world.join(G, 'u3')
  const back = rig.clock.now()
  rig.sim.addFault({ name: 'http502', endpoint: 'groupMembers' })
  expect(await rig.sync()).toMatchObject({ verdict: 'partial', groups: { partial: 1 }, members: { left: 0 } })
  expect((await lastRead(rig.pool, G))?.reason).toContain('groupMembers')
  rig.sim.clearFaults()
  expect(await rig.sync()).toMatchObject({ verdict: 'complete', members: { left: 1, joined: 1 } })
  const [first, second] = await stays(rig.pool, G, 'u3')
  expect(first?.end_at?.getTime()).toBe(second?.start_at.getTime())
  expect(Math.abs((second?.start_at.getTime() ?? 0) - back)).toBeLessThan(1000)
  expect(await shownRoll(rig.pool)).toEqual(trueRoll(rig))
})
