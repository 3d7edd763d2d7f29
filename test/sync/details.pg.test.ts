import { expect, test } from 'vitest'
import { lastRead, roll } from '../support/facts.ts'
import { createRig } from '../support/rig.ts'

test('details that list one member twice and leave another out prove nothing: the group is walked', async () => {
  await using rig = await createRig({
    garble: (endpoint, text) =>
      endpoint === 'getGroupInfo' ? text.replace('"Member_Account":"u3"', '"Member_Account":"u2"') : text,
  })
  rig.world.createGroup({ groupId: '@TGS#1', type: 'Public', name: 'one' })
  for (let n = 0; n < 6; n++) rig.world.join('@TGS#1', `u${n}`, { role: n === 0 ? 'Owner' : 'Member' })
  expect(await rig.sync()).toMatchObject({ verdict: 'complete' })
  // As many rows as the vendor counts, and yet not everybody.
  expect(await roll(rig.pool, '@TGS#1')).toEqual(['u0', 'u1', 'u2', 'u3', 'u4', 'u5'])
  expect(await lastRead(rig.pool, '@TGS#1')).toMatchObject({ outcome: 'complete', vendor_count: 6, rows_read: 6 })
  expect(rig.sim.counts()['acme/getGroupMemberInfo']?.total).toBeGreaterThan(0)
})
