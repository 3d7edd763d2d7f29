import { expect, test } from 'vitest'
import { lastRead, memberChanges, roll } from '../support/facts.ts'
import { createRig } from '../support/rig.ts'

type Json = Record<string, unknown>

test('a second walk that proves nothing ends nobody, though neither of the two has listed them', async () => {
  let pages = 0
  let lying: 'no' | 'once more, badly' | 'twice' = 'no'
  await using rig = await createRig({
    vendor: 'yunxin',
    garble(endpoint, text) {
      if (lying === 'no') return text
      if (endpoint !== 'teamMembers') return text.replaceAll(/"member_count":\s*4/g, '"member_count":3')
      const answer = JSON.parse(text) as { data: { items: Json[] } }
      const items = answer.data.items.filter((row) => JSON.stringify(row).includes('"u2"') === false)
      // Of the second walk one record cannot be understood.
      const bad = (pages += 1) > 1 && lying === 'once more, badly' ? [{ ...items[0], account_id: null }] : []
      return JSON.stringify({ ...answer, data: { ...answer.data, items: [...items, ...bad] } })
    },
  })
  rig.world.createGroup({ groupId: '1000', type: 'advanced', name: 'one' })
  rig.world.join('1000', 'owner', { role: 'Owner' })
  for (const account of ['u1', 'u2', 'u3']) rig.world.join('1000', account)
  expect(await rig.sync()).toMatchObject({ verdict: 'complete' })
  const before = await memberChanges(rig.pool)

  lying = 'once more, badly'
  expect(await rig.sync()).toMatchObject({ verdict: 'partial', members: { left: 0 } })
  expect(pages).toBe(2)
  expect(await roll(rig.pool, '1000')).toEqual(['owner', 'u1', 'u2', 'u3'])
  expect(await memberChanges(rig.pool)).toEqual(before)
  expect(await lastRead(rig.pool, '1000')).toMatchObject({ outcome: 'partial' })

  // Two complete walks without them are all the proof there is.
  lying = 'twice'
  expect(await rig.sync()).toMatchObject({ verdict: 'complete', members: { left: 1 } })
  expect(await roll(rig.pool, '1000')).toEqual(['owner', 'u1', 'u3'])
})
