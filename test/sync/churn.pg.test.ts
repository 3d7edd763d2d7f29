import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/simulator/random.ts'
import { DIALECTS } from '../support/dialects.ts'
import { createRig, overlaps, type Rig, shownRoll, trueRoll } from '../support/rig.ts'
import { generateInto } from '../support/worlds.ts'

const SYNCS = Number(process.env.CHURN_SYNCS ?? 16)
const SEED = Number(process.env.CHURN_SEED ?? 7)

/** A server goes on behind the last row it gave, or at a place in the list, which shifts when somebody leaves. */
const SETTINGS = [
  { vendor: 'tencent', as: 'pages by offset and by cursor', quirks: DIALECTS.tencent.smallPages },
  { vendor: 'easemob', as: 'numbered pages', quirks: DIALECTS.easemob.smallPages },
  {
    vendor: 'easemob',
    as: 'numbered pages, the newest first',
    quirks: { ...DIALECTS.easemob.smallPages, memberOrder: 'newestFirst' },
  },
  { vendor: 'yunxin', as: 'tokens of rows', quirks: { ...DIALECTS.yunxin.smallPages, tokens: 'row' } },
  { vendor: 'yunxin', as: 'tokens of places', quirks: { ...DIALECTS.yunxin.smallPages, tokens: 'offset' } },
] as const

describe.each(SETTINGS)('$vendor, $as', ({ vendor, quirks }) => {
  test(`INV-4 ${SYNCS} syncs under heavy change between pages: no false leave, no overlap, and a quiet one is exact`, async () => {
    const random = createRandom(SEED)
    await using rig = await createRig({ vendor, quirks })
    const { world } = rig
    // Easemob pages hold a hundred, so its groups are larger for as many pages.
    const members = vendor === 'easemob' ? 330 : 90
    generateInto(world, { groups: 12, members, random }, DIALECTS[vendor])
    let fresh = 0
    const change = (groupId: string) => {
      const group = world.groups.get(groupId)
      if (group === undefined) return
      const ids = [...group.members.values()].filter(({ role }) => role !== 'Owner').map(({ accountId }) => accountId)
      const leaver = ids.length > 5 ? random.pick(ids) : undefined
      if (leaver !== undefined) world.leave(groupId, leaver)
      rig.clock.advance(1500)
      const joiner = random.chance(0.3) && leaver !== undefined ? leaver : `late${fresh++}`
      if (leaver !== undefined && random.chance(0.85)) world.join(groupId, joiner, { role: 'Member' })
    }
    let intensity = 0
    const unhook = rig.sim.onPage(({ groupId }) => {
      if (groupId !== null && random.chance(intensity)) change(groupId)
    })
    const counts = { left: 0, complete: 0, partial: 0 }
    for (let n = 0; n < SYNCS; n++) {
      intensity = (n % 4) / 4 // from a quiet walk to a change between nearly every two pages
      const result = await rig.sync()
      expect(result.error).toBeNull()
      counts.left += result.members.left
      counts.complete += result.groups.complete
      counts.partial += result.groups.partial
      expect(await falseLeaves(rig)).toEqual([])
      expect(await overlaps(rig.pool)).toBe(0)
    }
    unhook()
    console.info(`${vendor}: ${SYNCS} syncs, seed ${SEED}: ${JSON.stringify(counts)}, no false leave`)
    expect(Math.min(...Object.values(counts))).toBeGreaterThan(0)
    expect(await rig.sync()).toMatchObject({ verdict: 'complete' })
    expect(await shownRoll(rig.pool)).toEqual(trueRoll(rig))
    expect(await falseLeaves(rig)).toEqual([])
  }, 3_600_000)
})

test('INV-13 a member who left and came back while no list showed it: the leave has true bounds', async () => {
  const quirks = { hiddenMembers: new Set<string>() }
  await using rig = await createRig({ quirks })
  rig.world.createGroup({ groupId: '@TGS#g', type: 'Public' })
  for (let n = 0; n < 3; n++) rig.world.join('@TGS#g', `u${n}`)
  await rig.sync()
  rig.clock.advance(5000)
  rig.world.leave('@TGS#g', 'u1')
  rig.clock.advance(5000)
  rig.world.join('@TGS#g', 'u1')
  quirks.hiddenMembers.add('u1')
  expect(await rig.sync()).toMatchObject({ verdict: 'complete', members: { left: 0 } })
  expect(await rig.sync()).toMatchObject({ verdict: 'complete', groups: { unchanged: 1 } })
  quirks.hiddenMembers.clear()
  expect(await rig.sync()).toMatchObject({ verdict: 'complete', members: { left: 1, joined: 1 } })
  expect(await falseLeaves(rig)).toEqual([])
  expect(await overlaps(rig.pool)).toBe(0)
})

/**
 * Recorded leaves that no leave in the world stands behind. Each one must have its own, within the bounds that the change
 * gives; the vendor's join times are whole seconds, so the last bound may be a second early.
 */
async function falseLeaves(rig: Rig): Promise<unknown[]> {
  const { rows } = await rig.pool.query<{ group_id: string; account_id: string; not_before: Date; not_after: Date }>(
    `SELECT group_id, account_id, not_before, not_after FROM rollcall.member_changes WHERE kind = 'left' ORDER BY at`,
  )
  const real = new Map<string, number[]>()
  for (const event of rig.world.events) {
    if (event.op !== 'member.leave') continue
    const key = JSON.stringify([event.group, event.account])
    real.set(key, [...(real.get(key) ?? []), event.t])
  }
  return rows.filter(({ group_id, account_id, not_before, not_after }) => {
    const times = real.get(JSON.stringify([group_id, account_id])) ?? []
    const at = times.findIndex((t) => t >= not_before.getTime() && t <= not_after.getTime() + 1000)
    if (at < 0) return true
    times.splice(0, at + 1)
    return false
  })
}
