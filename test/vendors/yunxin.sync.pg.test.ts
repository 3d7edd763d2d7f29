import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/simulator/random.ts'
import { createRuns } from '../../src/store/runs.ts'
import { syncSource } from '../../src/sync/sync-source.ts'
import type { SyncSource } from '../../src/sync/types.ts'
import { cloneDatabase } from '../support/database.ts'
import { overlaps, shownRoll } from '../support/rig.ts'
import { ids, simulate } from './yunxin.fixtures.ts'
import type { Setting } from './yunxin.fixtures.ts'

/** The whole way from the simulated vendor into PostgreSQL. */
async function createRig(setting: Setting = {}, discover: Partial<SyncSource['discover']> = {}) {
  const s = await simulate(setting)
  const { pool } = await cloneDatabase()
  const runs = createRuns(pool)
  const source: SyncSource = {
    name: 'acme',
    vendor: s.vendor,
    discover: { accounts: ['u0'], allGroups: false, groups: [], expand: 'none', ...discover },
    types: null,
    traffic: { calls: s.transport.calls, rateLimited: s.transport.rateLimited, waiting: () => null },
  }
  const clock = { now: () => ++s.clock.at }
  const log = { info: () => {}, warn: () => {} }
  return {
    ...s,
    pool,
    async sync() {
      s.clock.at += 60_000
      return syncSource({ pool, runs, clock, log, concurrency: 4 }, source, {}, s.signal)
    },
    async history() {
      const { rows } = await pool.query<{ n: number }>(
        'SELECT (SELECT count(*) FROM rollcall.member_changes)::int + (SELECT count(*) FROM rollcall.group_changes)::int AS n',
      )
      return rows[0]?.n
    },
    truth() {
      const live = [...s.world.groups.values()].filter(({ dissolvedAt }) => dissolvedAt === null)
      const roll = live.map(({ groupId, name, members }) => {
        const roles = [...members.values()].map(({ accountId, role }) => [accountId, role.toLowerCase()] as const)
        return [groupId, { name, members: Object.fromEntries(roles) }] as const
      })
      return Object.fromEntries(roll)
    },
    async [Symbol.asyncDispose]() {
      await runs[Symbol.asyncDispose]()
      await s[Symbol.asyncDispose]()
      await pool.end()
    },
  }
}

describe('syncs of a Yunxin app', () => {
  test.each([
    { batchOwner: true },
    { batchOwner: false, teamIdAs: 'string' as const, infoNesting: 'flat' as const, wrongTypeCode: 108404 as const },
    { ownerField: false, batchAllInvalid: 108404 as const, lastToken: 'absent' as const, unknownFields: true },
  ])('X-02 exact, and silent when nothing changes: %o', async (quirks) => {
    await using rig = await createRig({ quirks }, { expand: 'members' })
    rig.fill([...ids(33), '9223372036854775807'], 3)
    rig.fill(ids(22, 5000), 130, 'super')
    expect(await rig.sync()).toMatchObject({ verdict: 'complete', groups: { complete: 56 }, notes: [] })
    expect(await shownRoll(rig.pool)).toEqual(rig.truth())
    const before = await rig.history()
    expect(await rig.sync()).toMatchObject({ verdict: 'complete', groups: { complete: 56, unchanged: 56 } })
    expect(await rig.history()).toBe(before)
    const { rows } = await rig.pool.query(
      'SELECT DISTINCT type, owner_id, join_mode FROM rollcall.current_groups ORDER BY 1',
    )
    expect(rows).toEqual([
      { type: 'advanced', owner_id: 'u0', join_mode: 'free' },
      { type: 'super', owner_id: 'u0', join_mode: 'free' },
    ])
  })

  test('leaves, a transfer and an end are written once each', async () => {
    await using rig = await createRig()
    rig.fill(['1000', '1001'], 5)
    rig.fill(['5000', '5001'], 5, 'super')
    await rig.sync()
    rig.clock.at += 1000
    rig.world.leave('1000', 'u4')
    rig.world.setRole('5000', 'u0', 'Member')
    rig.world.setRole('5000', 'u1', 'Owner')
    rig.world.dissolve('5001')
    expect(await rig.sync()).toMatchObject({
      verdict: 'complete',
      groups: { gone: 1 },
      members: { left: 6, changed: 2 },
    })
    expect(await shownRoll(rig.pool)).toEqual(rig.truth())
    const { rows } = await rig.pool.query(
      "SELECT group_id, kind, old, new FROM rollcall.group_changes WHERE kind <> 'created' ORDER BY group_id",
    )
    expect(rows).toEqual([
      { group_id: '5000', kind: 'owner', old: { owner_id: 'u0' }, new: { owner_id: 'u1' } },
      { group_id: '5001', kind: 'dissolved', old: null, new: null },
    ])
  })

  test('super teams switched off close nothing, and the run says so', async () => {
    await using rig = await createRig({ quirks: { superTeams: true } })
    rig.fill(['1000'], 3)
    rig.fill(['5000'], 3, 'super')
    await rig.sync()
    const before = await shownRoll(rig.pool)
    rig.app.quirks = { superTeams: false }
    const result = await rig.sync()
    expect(result).toMatchObject({ verdict: 'partial', groups: { complete: 1, failed: 1, gone: 0 } })
    expect(result.notes.join()).toContain('super teams are not enabled')
    expect(await shownRoll(rig.pool)).toEqual(before)
    rig.clock.at += 3_600_000
    rig.app.quirks = { superTeams: true }
    expect(await rig.sync()).toMatchObject({ verdict: 'complete', members: { joined: 0, left: 0 } })
  })

  test('an app that has never had super teams is complete without them', async () => {
    await using rig = await createRig({ quirks: { superTeams: false } })
    rig.fill(['1000'], 3)
    expect(await rig.sync()).toMatchObject({ verdict: 'complete', groups: { complete: 1 }, notes: [] })
  })

  test('two id spaces: two teams of the same digits never mix', async () => {
    await using rig = await createRig({ quirks: { idSpaces: 'two' } }, { groups: ['1000'], accounts: ['u3'] })
    rig.fill(['1000'], 2)
    rig.fill(['super/1000', '5000'], 4, 'super')
    expect(await rig.sync()).toMatchObject({ verdict: 'complete', groups: { complete: 3 } })
    expect(await shownRoll(rig.pool)).toEqual(rig.truth())
    rig.world.dissolve('1000')
    expect(await rig.sync()).toMatchObject({ verdict: 'complete', groups: { complete: 2, gone: 1 } })
    expect(await shownRoll(rig.pool)).toEqual(rig.truth())
    expect(await rig.sync()).toMatchObject({
      verdict: 'complete',
      groups: { complete: 2 },
      members: { joined: 0, left: 0 },
    })
  })

  test.each(['row', 'offset'] as const)(
    'under change between pages (tokens by %s) nobody leaves who did not',
    async (tokens) => {
      const random = createRandom(11)
      await using rig = await createRig({ quirks: { tokens, pageCap: 20 } })
      rig.fill(ids(4), 90)
      rig.fill(ids(4, 5000), 90, 'super')
      let [fresh, intensity] = [0, 0]
      const left = new Set<string>()
      const off = rig.sim.onPage(({ endpoint, groupId }) => {
        if (endpoint !== 'teamMembers' || groupId === null || !random.chance(intensity)) return
        rig.clock.at += 1500
        const accounts = [...(rig.world.groups.get(groupId)?.members.keys() ?? [])].slice(1)
        const leaver = random.pick(accounts)
        rig.world.leave(groupId, leaver)
        left.add(`${groupId} ${leaver}`)
        if (random.chance(0.8)) rig.world.join(groupId, `late${fresh++}`)
      })
      let complete = 0
      for (let n = 0; n < 8; n++) {
        intensity = (n % 4) / 5
        complete += (await rig.sync()).groups.complete
        const { rows } = await rig.pool.query<{ key: string }>(
          "SELECT group_id || ' ' || account_id AS key FROM rollcall.member_changes WHERE kind = 'left'",
        )
        expect(rows.filter(({ key }) => !left.has(key))).toEqual([])
      }
      off()
      expect(complete).toBeGreaterThan(8)
      expect(left.size).toBeGreaterThan(20)
      expect(await rig.sync()).toMatchObject({ verdict: 'complete' })
      expect(await shownRoll(rig.pool)).toEqual(rig.truth())
      expect(await overlaps(rig.pool)).toBe(0)
    },
  )
})
