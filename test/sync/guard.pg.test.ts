import { describe, expect, test } from 'vitest'
import { heldCases, heldCount, rejectHeld } from '../../src/store/held.ts'
import { approveHeld } from '../../src/sync/approve.ts'
import { groupChanges, lastRead, memberChanges, roll, shownGroup, stays } from '../support/facts.ts'
import { createRig, type Rig, shownRoll, trueRoll } from '../support/rig.ts'
import { rigsOfTest } from '../support/rigs-of-test.ts'

/** The guard over a real database and the simulated vendors: what is held, shown, approved, rejected and given back. */

const rigOf = rigsOfTest()
const GUARD = { count: 5, percent: 30 }
const never = () => new AbortController().signal

async function guarded(options: Parameters<typeof createRig>[0] = {}): Promise<Rig> {
  const rig = await rigOf(options)
  Object.assign(rig.source, { leaveGuard: GUARD, dissolveGuard: { count: 2, percent: 20 } })
  return rig
}
function fill(rig: Rig, groupId: string, size: number, type = 'Public'): void {
  rig.world.createGroup({ groupId, type, name: groupId })
  for (let n = 0; n < size; n++) rig.world.join(groupId, `u${n}`, { role: n === 0 ? 'Owner' : 'Member' })
  rig.clock.advance(10_000)
}
const leave = (rig: Rig, groupId: string, from: number, to: number) => {
  for (let n = from; n < to; n++) rig.world.leave(groupId, `u${n}`)
}
const held = (rig: Rig) => heldCases(rig.pool, {})
async function approve(rig: Rig, id: number) {
  rig.clock.advance(60_000)
  return approveHeld(rig.deps, rig.source, id, never())
}

describe.each([
  ['tencent', '@TGS#1', 'Public', {}],
  ['tencent', '@TGS#1', 'Public', { memberLimitCap: 20, overCap: 'clip', detailsMemberCap: 0 }],
  ['easemob', '1001', 'Public', {}],
  ['yunxin', '1001', 'advanced', {}],
] as const)('leaves of one group (%s, %s, %s, %o)', (vendor, G, type, quirks) => {
  const rigged = async () => {
    const rig = await guarded({ vendor, quirks } as Parameters<typeof createRig>[0])
    fill(rig, G, 20, type)
    await rig.sync()
    return rig
  }

  test('more than count and share: held, joins and edits apply, the verdict is partial; approved, they end', async () => {
    const rig = await rigged()
    leave(rig, G, 10, 18)
    rig.clock.advance(2000)
    rig.world.join(G, 'newcomer')
    rig.world.setRole(G, 'u1', 'Admin')
    expect(await rig.sync()).toMatchObject({
      verdict: 'partial',
      groups: { seen: 1, partial: 1, complete: 0 },
      members: { joined: 1, left: 0, changed: 1, held: 8 },
    })
    const shown = Array.from({ length: 8 }, (_, n) => `u${n + 10}`)
    const [one] = await held(rig)
    expect(await held(rig)).toMatchObject([{ source: 'acme', groupId: G, kind: 'leaves', accounts: shown, of: 20 }])
    expect(await heldCount(rig.pool, 'acme')).toBe(8)
    expect(await roll(rig.pool, G)).toHaveLength(21)
    expect(await lastRead(rig.pool, G)).toMatchObject({
      outcome: 'partial',
      reason: expect.stringContaining('leaveGuard'),
    })
    const before = await memberChanges(rig.pool)

    // The same again is the same case; nothing is written twice.
    expect(await rig.sync()).toMatchObject({ verdict: 'partial', members: { left: 0, joined: 0, held: 8 } })
    expect(await held(rig)).toEqual([{ ...one, of: 21, reason: expect.stringContaining('8 of 21') }])
    expect(await memberChanges(rig.pool)).toEqual(before)

    const result = await approve(rig, one?.id ?? 0)
    expect(result).toMatchObject({ verdict: 'complete', members: { left: 8, held: 0 } })
    expect(await shownRoll(rig.pool)).toEqual(trueRoll(rig))
    expect(await held(rig)).toEqual([])
    const [stay] = await stays(rig.pool, G, 'u10')
    const receipt = await lastRead(rig.pool, G)
    expect(stay?.end_at).toEqual(receipt?.ended_at)
    const { rows } = await rig.pool.query(
      `SELECT DISTINCT r.trigger, r.id FROM rollcall.member_changes c JOIN rollcall.runs r ON r.id = c.run_id WHERE kind = 'left'`,
    )
    expect(rows).toEqual([{ trigger: 'manual', id: result?.runId }])
    expect(await rig.sync()).toMatchObject({ verdict: 'complete', groups: { unchanged: 1 } })
  })

  test('seen again: the case ends, and nobody ever left', async () => {
    const rig = await rigged()
    leave(rig, G, 10, 18)
    await rig.sync()
    const stayed = await memberChanges(rig.pool)
    for (let n = 10; n < 18; n++) rig.world.join(G, `u${n}`, { joinedAt: Date.UTC(2026, 0, 1) })
    expect(await rig.sync()).toMatchObject({ verdict: 'complete', members: { held: 0 } })
    expect(await held(rig)).toEqual([])
    expect((await memberChanges(rig.pool)).filter((line) => line.includes('left'))).toEqual([])
    expect((await memberChanges(rig.pool)).length).toBeGreaterThanOrEqual(stayed.length)
    expect(await shownRoll(rig.pool)).toEqual(trueRoll(rig))
  })
})

describe('what is approved, rejected, replaced', () => {
  const G = '@TGS#1'
  async function withHeld() {
    const rig = await guarded()
    fill(rig, G, 20)
    await rig.sync()
    leave(rig, G, 10, 18)
    await rig.sync()
    const [one] = await held(rig)
    return { rig, id: one?.id ?? 0 }
  }

  test('just the bounds, or fewer: nothing is held', async () => {
    const rig = await guarded()
    fill(rig, G, 20)
    await rig.sync()
    leave(rig, G, 10, 15)
    expect(await rig.sync()).toMatchObject({ verdict: 'complete', members: { left: 5, held: 0 } })
    expect(await held(rig)).toEqual([])
  })

  test('an approval never releases more than was shown: who left since is held anew', async () => {
    const { rig, id } = await withHeld()
    rig.world.leave(G, 'u5')
    rig.world.join(G, 'u10', { joinedAt: Date.UTC(2026, 0, 1) })
    expect(await approve(rig, id)).toMatchObject({ verdict: 'partial', members: { left: 7, held: 1 } })
    expect(await held(rig)).toMatchObject([{ accounts: ['u5'], kind: 'leaves' }])
    expect((await held(rig))[0]?.id).not.toBe(id)
    expect(await roll(rig.pool, G)).toContain('u5')
    expect(await roll(rig.pool, G)).toContain('u10')
    // One leave alone is no matter for the guard.
    expect(await rig.sync()).toMatchObject({ verdict: 'complete', members: { left: 1, held: 0 } })
    expect(await held(rig)).toEqual([])
    expect(await shownRoll(rig.pool)).toEqual(trueRoll(rig))
  })

  test('another set is another case under a new id, held since the first', async () => {
    const { rig, id } = await withHeld()
    const [first] = await held(rig)
    rig.world.leave(G, 'u5')
    await rig.sync()
    const [second, ...rest] = await held(rig)
    expect(rest).toEqual([])
    expect(second).toMatchObject({ accounts: [...(first?.accounts ?? []), 'u5'], since: first?.since })
    expect(second?.id).not.toBe(id)
    expect(await approve(rig, id)).toBeNull()
    expect(await roll(rig.pool, G)).toHaveLength(20)
  })

  test('rejected: kept on the roll and not shown until the set changes; approving it later still works', async () => {
    const { rig, id } = await withHeld()
    expect(await rejectHeld(rig.pool, id)).toBe(true)
    expect(await rejectHeld(rig.pool, id + 100)).toBe(false)
    expect([await held(rig), await heldCount(rig.pool, 'acme')]).toEqual([[], 0])
    expect(await rig.sync()).toMatchObject({ verdict: 'partial', members: { left: 0, held: 8 } })
    expect(await held(rig)).toEqual([])
    expect(await heldCases(rig.pool, { rejected: true })).toMatchObject([{ id, rejectedAt: expect.any(Number) }])
    rig.world.leave(G, 'u5')
    await rig.sync()
    const [again] = await held(rig)
    expect(again).toMatchObject({ rejectedAt: null })
    await rejectHeld(rig.pool, again?.id ?? 0)
    expect(await approve(rig, again?.id ?? 0)).toMatchObject({ verdict: 'complete', members: { left: 9 } })
    expect(await shownRoll(rig.pool)).toEqual(trueRoll(rig))
  })

  test('an emptied group that the vendor confirms as empty is held, and can be approved', async () => {
    const { rig } = await withHeld()
    leave(rig, G, 0, 10)
    leave(rig, G, 18, 20)
    expect(await rig.sync()).toMatchObject({ verdict: 'partial', members: { held: 20, left: 0 } })
    const [one] = await held(rig)
    expect(one).toMatchObject({ kind: 'leaves', of: 20 })
    expect(await approve(rig, one?.id ?? 0)).toMatchObject({ verdict: 'complete', members: { left: 20 } })
    expect(await roll(rig.pool, G)).toEqual([])
    expect(await shownGroup(rig.pool, G)).toMatchObject({ dissolved_at: null, coverage: 'full' })
  })

  test('an approval while the vendor fails ends nothing and keeps the case', async () => {
    const { rig, id } = await withHeld()
    rig.sim.addFault({ name: 'http502' })
    expect(await approve(rig, id)).toMatchObject({ members: { left: 0 } })
    rig.sim.clearFaults()
    expect((await held(rig)).map((one) => one.id)).toEqual([id])
    expect(await approve(rig, id)).toMatchObject({ verdict: 'complete', members: { left: 8 } })
  })

  test('a dry run holds as well, and writes nothing of it', async () => {
    const rig = await guarded()
    fill(rig, G, 20)
    await rig.sync()
    leave(rig, G, 10, 18)
    expect(await rig.sync({ dryRun: true })).toMatchObject({ verdict: 'partial', changes: [], members: { held: 8 } })
    expect(await held(rig)).toEqual([])
  })
})

describe('groups of a source dissolving', () => {
  const group = (n: number) => `@TGS#${n}`
  async function withGroups() {
    const rig = await guarded()
    for (let n = 0; n < 8; n++) fill(rig, group(n), 4)
    await rig.sync()
    return rig
  }

  test('more than count and share: each is held, its members stay; approved one by one', async () => {
    const rig = await withGroups()
    for (let n = 0; n < 3; n++) rig.world.dissolve(group(n))
    rig.world.join(group(5), 'newcomer')
    expect(await rig.sync()).toMatchObject({
      verdict: 'partial',
      groups: { seen: 8, complete: 5, partial: 3, gone: 0 },
      members: { left: 0, joined: 1, held: 12 },
    })
    expect((await groupChanges(rig.pool)).filter((line) => line.endsWith('dissolved'))).toEqual([])
    expect(await shownGroup(rig.pool, group(0))).toMatchObject({ dissolved_at: null })
    const cases = await held(rig)
    expect(cases).toMatchObject(
      [0, 1, 2].map((n) => ({ groupId: group(n), kind: 'dissolved', of: 4, accounts: ['u0', 'u1', 'u2', 'u3'] })),
    )
    expect(cases[0]?.reason).toContain('3 of 8 groups')
    expect(await approve(rig, cases[0]?.id ?? 0)).toMatchObject({
      verdict: 'complete',
      groups: { seen: 1, gone: 1 },
      members: { left: 4 },
    })
    expect((await held(rig)).map((one) => one.groupId)).toEqual([group(1), group(2)])
    // Two of seven are not more than the count: the next sync carries them out.
    expect(await rig.sync()).toMatchObject({ verdict: 'complete', groups: { gone: 2 } })
    expect(await held(rig)).toEqual([])
    expect(await shownRoll(rig.pool)).toEqual(trueRoll(rig))
  })

  test('a held group that is back is taken off the list', async () => {
    const rig = await withGroups()
    rig.app.quirks = { groupErrors: new Map([0, 1, 2].map((n) => [group(n), 10010])) } as NonNullable<
      typeof rig.app.quirks
    >
    expect(await rig.sync()).toMatchObject({ verdict: 'partial', members: { held: 12 } })
    rig.app.quirks = {}
    const [one] = await held(rig)
    expect(await approve(rig, one?.id ?? 0)).toMatchObject({ verdict: 'complete', members: { left: 0 } })
    expect(await held(rig)).toHaveLength(2)
    expect(await rig.sync()).toMatchObject({ verdict: 'complete', groups: { unchanged: 8 } })
    expect(await held(rig)).toEqual([])
  })

  test('held leaves of a group that dissolves meanwhile are not what was approved', async () => {
    const rig = await withGroups()
    fill(rig, '@TGS#big', 20)
    await rig.sync()
    leave(rig, '@TGS#big', 10, 18)
    await rig.sync()
    const [one] = await held(rig)
    rig.world.dissolve('@TGS#big')
    expect(await approve(rig, one?.id ?? 0)).toMatchObject({ verdict: 'partial', members: { left: 0, held: 20 } })
    expect(await held(rig)).toMatchObject([{ kind: 'dissolved', groupId: '@TGS#big' }])
    expect(await rig.sync()).toMatchObject({ verdict: 'complete', groups: { gone: 1 }, members: { left: 20 } })
  })
})
