import { describe, expect, test } from 'vitest'
import { syncSource } from '../../src/sync/sync-source.ts'
import type { SyncDeps } from '../../src/sync/types.ts'
import { dump, groupChanges, lastRead, memberChanges, roll, shownGroup, stays } from '../support/facts.ts'
import { rigsOfTest } from '../support/rigs-of-test.ts'
import { type Rig, rowPlaces, shownRoll, trueRoll } from '../support/rig.ts'

/** What went wrong in comparable systems (lessons.md), and what must not go wrong here. */

const rigOf = rigsOfTest()

const G = '@TGS#1'
const H = '@TGS#2'
function fill(rig: Rig, groupId: string, size: number, type = 'Public'): void {
  rig.world.createGroup({ groupId, type, name: groupId })
  for (let n = 0; n < size; n++) rig.world.join(groupId, `u${n}`, { role: n === 0 ? 'Owner' : 'Member' })
  rig.clock.advance(10_000)
}
const never = () => new AbortController().signal
const WALKED = { memberLimitCap: 20, overCap: 'clip', detailsMemberCap: 0 } as const

describe('emptied, gone, back', () => {
  test.each([
    ['in the details', 6, {}],
    ['by a walk', 50, WALKED],
  ] as const)('a group that everybody left is emptied, %s', async (_how, size, more) => {
    const rig = await rigOf({ quirks: more })
    fill(rig, G, size)
    await rig.sync()
    for (let n = 0; n < size; n++) rig.world.leave(G, `u${n}`)
    expect(await rig.sync()).toMatchObject({ verdict: 'complete', members: { left: size } })
    expect(await roll(rig.pool, G)).toEqual([])
    expect(await shownGroup(rig.pool, G)).toMatchObject({ coverage: 'full', dissolved_at: null })
    expect(await rig.sync()).toMatchObject({ groups: { unchanged: 1 } })
  })

  test('an empty list while the count says otherwise empties nothing', async () => {
    const rig = await rigOf({ quirks: { ...WALKED } })
    fill(rig, G, 30)
    await rig.sync()
    const { vendor } = rig.source
    const empty = {
      ...rig.source,
      vendor: {
        ...vendor,
        memberPage: async (...args: Parameters<typeof vendor.memberPage>) => ({
          ...(await vendor.memberPage(...args)),
          rows: [],
        }),
      },
    }
    rig.clock.advance(60_000)
    expect(await syncSource(rig.deps, empty, {}, never())).toMatchObject({
      verdict: 'partial',
      groups: { partial: 1 },
      members: { left: 0, read: 0 },
    })
    expect(await roll(rig.pool, G)).toHaveLength(30)
  })

  test('a group that reappears under its id: its people come in again, and the stays before stay closed', async () => {
    const rig = await rigOf()
    fill(rig, G, 4)
    await rig.sync()
    rig.world.dissolve(G)
    expect(await rig.sync()).toMatchObject({ groups: { gone: 1 }, members: { left: 4 } })
    rig.clock.advance(60_000)
    fill(rig, G, 2)
    expect(await rig.sync()).toMatchObject({ verdict: 'complete', members: { joined: 2 } })
    expect((await groupChanges(rig.pool)).map((change) => change.split(' ')[1])).toEqual([
      'created',
      'dissolved',
      'reappeared',
    ])
    expect(await shownGroup(rig.pool, G)).toMatchObject({ dissolved_at: null })
    expect(await stays(rig.pool, G, 'u1')).toMatchObject([{ end_at: expect.any(Date) }, { end_at: null }])
    expect(await shownRoll(rig.pool)).toEqual(trueRoll(rig))
  })

  test('groupTypes narrowed: the group is no longer read, its history stays, its coverage is none; and back again', async () => {
    const rig = await rigOf()
    fill(rig, G, 4)
    fill(rig, H, 3, 'Private')
    await rig.sync()
    const before = await memberChanges(rig.pool)
    rig.world.leave(H, 'u1')
    const narrow = { ...rig.source, types: ['Public'] }
    rig.clock.advance(60_000)
    expect(await syncSource(rig.deps, narrow, {}, never())).toMatchObject({ verdict: 'complete', groups: { seen: 1 } })
    expect(await shownGroup(rig.pool, H)).toMatchObject({ coverage: 'none', dissolved_at: null })
    expect(await shownGroup(rig.pool, G)).toMatchObject({ coverage: 'full' })
    expect(await memberChanges(rig.pool)).toEqual(before)
    expect(await rig.sync()).toMatchObject({ groups: { seen: 2 }, members: { left: 1 } })
    expect(await shownGroup(rig.pool, H)).toMatchObject({ coverage: 'full' })
  })
})

describe('a rejoin is a new stay', () => {
  test.each([
    ['and the vendor shows a new join time', undefined],
    ['and the vendor shows the old join time', 'old'],
  ])('left, seen as gone, came back %s', async (_title, joinTime) => {
    const rig = await rigOf()
    fill(rig, G, 5)
    await rig.sync()
    const joinedAt = rig.world.groups.get(G)?.members.get('u2')?.joinedAt ?? 0
    rig.world.leave(G, 'u2')
    await rig.sync()
    rig.clock.advance(60_000)
    rig.world.join(G, 'u2', joinTime === 'old' ? { joinedAt } : {})
    expect(await rig.sync()).toMatchObject({ members: { joined: 1, left: 0 } })
    const [first, second] = await stays(rig.pool, G, 'u2')
    expect(first?.end_at).toBeInstanceOf(Date)
    expect(second).toMatchObject({ end_at: null })
    expect(second?.start_at.getTime()).toBeGreaterThan(first?.end_at?.getTime() ?? Number.POSITIVE_INFINITY)
  })

  test('left and came back between two reads: one stay closed, one opened, at the new join time', async () => {
    const rig = await rigOf()
    fill(rig, G, 5)
    await rig.sync()
    rig.world.leave(G, 'u2')
    rig.clock.advance(5000)
    rig.world.join(G, 'u2')
    const at = Math.floor(rig.clock.now() / 1000) * 1000
    expect(await rig.sync()).toMatchObject({ members: { joined: 1, left: 1 } })
    const [first, second] = await stays(rig.pool, G, 'u2')
    expect([first?.end_at?.getTime(), second?.start_at.getTime()]).toEqual([at, at])
    expect((await memberChanges(rig.pool)).slice(5)).toEqual([`${G} u2 left member`, `${G} u2 joined member`])
  })

  test.each([0, 1, 40, 400, 900, 1100, 2000])(
    'came back %i ms after the vendor’s word that it was out, while that read still went on: no overlap, no failure',
    async (ms) => {
      const rig = await rigOf({ quirks: { ...WALKED } })
      fill(rig, G, 30)
      await rig.sync()
      rig.world.leave(G, 'u9')
      rig.clock.set(Math.ceil(rig.clock.now() / 1000) * 1000 + 60_000)
      const { vendor } = rig.source
      const slow = {
        ...rig.source,
        vendor: {
          ...vendor,
          // Between the vendor's word and the end of the read, as any slow network or a big batch makes it.
          confirm: async (...args: Parameters<NonNullable<typeof vendor.confirm>>) => {
            const word = await vendor.confirm?.(...args)
            rig.clock.advance(ms)
            rig.world.join(G, 'u9')
            rig.clock.advance(700)
            return word ?? new Map()
          },
        },
      }
      expect(await syncSource(rig.deps, slow, {}, never())).toMatchObject({ members: { left: 1 } })
      expect(await rig.sync()).toMatchObject({ verdict: 'complete', error: null, members: { joined: 1 } })
      expect(await shownRoll(rig.pool)).toEqual(trueRoll(rig))
      const [first, second] = await stays(rig.pool, G, 'u9')
      expect(second?.start_at.getTime()).toBeGreaterThanOrEqual(first?.end_at?.getTime() ?? Number.POSITIVE_INFINITY)
      const read = await lastRead(rig.pool, G)
      expect(second?.start_at.getTime()).toBeLessThanOrEqual(read?.ended_at.getTime() ?? 0)
    },
  )

  test('somebody new who joined while a read went on keeps the join time the vendor gives', async () => {
    const rig = await rigOf({ quirks: { ...WALKED } })
    fill(rig, G, 30)
    rig.clock.set(Math.ceil(rig.clock.now() / 1000) * 1000)
    let once = false
    const unhook = rig.sim.onPage(({ groupId }) => {
      if (groupId !== G || once) return
      once = true
      rig.world.leave(G, 'u29')
    })
    await rig.sync()
    unhook()
    const { vendor } = rig.source
    let at = 0
    const slow = {
      ...rig.source,
      vendor: {
        ...vendor,
        memberPage: async (...args: Parameters<typeof vendor.memberPage>) => {
          const page = await vendor.memberPage(...args)
          if (at === 0 && page.rows.length < 20) {
            rig.clock.advance(3000)
            rig.world.join(G, 'newcomer')
            at = Math.floor(rig.clock.now() / 1000) * 1000
            rig.clock.advance(3000)
          }
          return page
        },
      },
    }
    rig.clock.advance(60_000)
    await syncSource(rig.deps, slow, {}, never())
    expect(await roll(rig.pool, G)).not.toContain('newcomer')
    expect(await rig.sync()).toMatchObject({ members: { joined: 1 } })
    expect((await stays(rig.pool, G, 'newcomer'))[0]?.start_at.getTime()).toBe(at)
  })
})

describe('what costs nothing', () => {
  test('fields that change all the time are kept current, without history', async () => {
    const rig = await rigOf({ quirks: { memberLimitCap: 20, overCap: 'clip', detailsMemberCap: 20 } })
    fill(rig, G, 8)
    fill(rig, H, 40)
    await rig.sync()
    const changes = await memberChanges(rig.pool)
    for (const groupId of [G, H]) rig.world.updateMember(groupId, 'u3', { msgSeq: 99, lastSpokeAt: rig.clock.now() })
    expect(await rig.sync()).toMatchObject({ verdict: 'complete', members: { changed: 0, joined: 0, left: 0 } })
    expect(await memberChanges(rig.pool)).toEqual(changes)
    const { rows } = await rig.pool.query(
      `SELECT group_id, attributes ->> 'msg_seq' AS seq, last_spoke_at IS NOT NULL AS spoke
       FROM rollcall.current_members WHERE account_id = 'u3' ORDER BY group_id`,
    )
    expect(rows).toEqual([
      { group_id: G, seq: '99', spoke: true },
      { group_id: H, seq: '99', spoke: true },
    ])
  })

  test('one member that changed rewrites one row', async () => {
    const rig = await rigOf()
    fill(rig, G, 20)
    await rig.sync()
    const places = () =>
      rig.pool
        .query<{ place: string }>(`SELECT account_id || ctid::text || xmin::text AS place FROM rollcall.member`)
        .then(({ rows }) => rows.map(({ place }) => place))
    const before = await places()
    rig.world.updateMember(G, 'u3', { nameCard: 'Three' })
    expect(await rig.sync()).toMatchObject({ members: { changed: 1 } })
    const after = await places()
    expect(after.filter((place) => !before.includes(place))).toHaveLength(1)
  })

  test('a dry run reads, says what it would write, and writes nothing at all', async () => {
    const rig = await rigOf()
    fill(rig, G, 4)
    const state = async () => `${await dump(rig.pool)}\n${await rowPlaces(rig.pool)}`
    const empty = await state()
    const first = await rig.sync({ dryRun: true })
    expect(first).toMatchObject({ runId: null, verdict: 'complete', members: { joined: 4 } })
    expect(first.changes?.map(({ kind, accountId }) => `${accountId ?? G} ${kind}`).toSorted()).toEqual([
      '@TGS#1 created',
      'u0 joined',
      'u1 joined',
      'u2 joined',
      'u3 joined',
    ])
    expect(await state()).toBe(empty)
    await rig.sync()
    rig.world.leave(G, 'u3')
    rig.world.updateMember(G, 'u2', { nameCard: 'Two' })
    rig.world.updateGroup(G, { name: 'renamed' })
    fill(rig, H, 1)
    const before = await state()
    const dry = await rig.sync({ dryRun: true })
    expect(await state()).toEqual(before)
    const said = (changes: typeof dry.changes) =>
      (changes ?? []).map(({ groupId, accountId, kind, old, new: now }) => ({
        groupId,
        accountId,
        kind,
        old,
        new: now,
      }))
    const real = await rig.sync()
    const { rows } = await rig.pool.query(
      `SELECT group_id AS "groupId", account_id AS "accountId", kind, old, new FROM rollcall.member_changes WHERE run_id = $1
       UNION ALL SELECT group_id, NULL, kind, old, new FROM rollcall.group_changes WHERE run_id = $1`,
      [real.runId],
    )
    const order = (list: object[]) => list.map((one) => JSON.stringify(one, Object.keys(one).toSorted())).toSorted()
    expect(order(said(dry.changes))).toEqual(order(rows))
    expect(real.members).toEqual(dry.members)
    rig.world.dissolve(H)
    expect((await rig.sync({ dryRun: true })).changes?.map(({ kind }) => kind).toSorted()).toEqual([
      'dissolved',
      'left',
    ])
    expect(await roll(rig.pool, H)).toEqual(['u0'])
  })
})

describe('old and new', () => {
  test('an older read never overwrites a newer one: it is refused and read again', async () => {
    const rig = await rigOf()
    fill(rig, G, 5)
    await rig.sync()
    const { vendor } = rig.source
    let overtaken = false
    const late = {
      ...rig.source,
      vendor: {
        ...vendor,
        details: async (...args: Parameters<typeof vendor.details>) => {
          const answer = await vendor.details(...args)
          if (overtaken) return answer
          overtaken = true
          // While this answer is on its way, another process reads what happened since, and writes it.
          rig.world.leave(G, 'u1')
          rig.world.join(G, 'newcomer')
          expect(await rig.sync()).toMatchObject({ members: { left: 1, joined: 2 } })
          return answer
        },
      },
    }
    // The answer differs from what is stored, so that there is something to write of it.
    rig.world.join(G, 'early')
    rig.clock.advance(60_000)
    const result = await syncSource(rig.deps, late, {}, never())
    expect(overtaken).toBe(true)
    expect(result).toMatchObject({ verdict: 'complete', members: { left: 0, joined: 0 }, groups: { unchanged: 1 } })
    expect(await shownRoll(rig.pool)).toEqual(trueRoll(rig))
    expect((await memberChanges(rig.pool)).slice(5).toSorted()).toEqual([
      `${G} early joined member`,
      `${G} newcomer joined member`,
      `${G} u1 left member`,
    ])
  })

  test.each([1, 8])(
    'syncs of one source side by side without the lock (concurrency %i) never write a change twice',
    async (concurrency) => {
      const rig = await rigOf({ quirks: { ...WALKED }, concurrency })
      for (let n = 0; n < 6; n++) fill(rig, `@TGS#${n}`, 25)
      const together = async () => {
        rig.clock.advance(60_000)
        return Promise.all([1, 2, 3].map(() => syncSource(rig.deps, rig.source, {}, never())))
      }
      await together()
      expect(await shownRoll(rig.pool)).toEqual(trueRoll(rig))
      expect(await memberChanges(rig.pool)).toHaveLength(150)
      for (let round = 0; round < 4; round++) {
        for (let n = 0; n < 6; n++) {
          rig.world.leave(`@TGS#${n}`, `u${round + 1}`)
          rig.world.join(`@TGS#${n}`, `late${round}`)
          rig.world.updateMember(`@TGS#${n}`, 'u20', { nameCard: `card ${round}` })
        }
        await together()
      }
      await rig.sync()
      expect(await shownRoll(rig.pool)).toEqual(trueRoll(rig))
      expect(await memberChanges(rig.pool)).toHaveLength(150 + 4 * 6 * 3)
    },
    30_000,
  )

  test('a clock far behind an earlier writer’s: everything is refused, said so, and nothing hangs', async () => {
    const rig = await rigOf({ quirks: { ...WALKED }, concurrency: 2 })
    for (let n = 0; n < 6; n++) fill(rig, `@TGS#${n}`, 25)
    await rig.sync()
    await rig.pool.query(`UPDATE rollcall.roll_state SET read_ended_at = read_ended_at + interval '30 days'`)
    for (let n = 0; n < 6; n++) rig.world.leave(`@TGS#${n}`, 'u9')
    const result = await rig.sync()
    expect(result).toMatchObject({ verdict: 'failed', members: { left: 0 } })
    expect(result.notes.join()).toMatch(/clock/)
  })

  test('a run that was killed is closed by the next one', async () => {
    const rig = await rigOf()
    fill(rig, G, 3)
    const sourceNo = await rig.deps.runs.source('acme', 'tencent')
    await rig.deps.runs.open(sourceNo, 'manual', rig.clock.now())
    await rig.sync()
    const { rows } = await rig.pool.query(
      'SELECT verdict, finished_at IS NOT NULL AS finished, reason FROM rollcall.runs ORDER BY id',
    )
    expect(rows).toEqual([
      { verdict: 'failed', finished: true, reason: 'the process ended before the run did' },
      { verdict: 'complete', finished: true, reason: null },
    ])
  })
})

describe('when calls fail', () => {
  test('all details answers fail: failed, a reason for each, nothing marked', async () => {
    const rig = await rigOf()
    fill(rig, G, 4)
    fill(rig, H, 4)
    await rig.sync()
    rig.world.leave(G, 'u1')
    rig.sim.addFault({ name: '10002', endpoint: 'getGroupInfo' })
    const result = await rig.sync()
    expect(result).toMatchObject({ verdict: 'failed', groups: { seen: 2, failed: 2, gone: 0 }, members: { left: 0 } })
    expect(result.notes).toHaveLength(2)
    expect((await lastRead(rig.pool, G))?.reason).toContain('10002')
    rig.sim.clearFaults()
    expect(await rig.sync()).toMatchObject({ verdict: 'complete', members: { left: 1 } })
  })

  test('one group forbidden: partial, the others are read; a group whose members are forbidden is seen all the same', async () => {
    const rig = await rigOf({ quirks: { ...WALKED } })
    fill(rig, G, 4)
    fill(rig, H, 4)
    rig.sim.addFault({ name: '10007', endpoint: 'getGroupMemberInfo', groupId: H })
    expect(await rig.sync()).toMatchObject({ verdict: 'partial', groups: { seen: 2, complete: 1, failed: 1 } })
    expect(await lastRead(rig.pool, H)).toMatchObject({ outcome: 'forbidden' })
    expect(await shownGroup(rig.pool, H)).toMatchObject({ coverage: 'none', dissolved_at: null })
    expect(await groupChanges(rig.pool)).toContain(`${H} created`)
    rig.sim.clearFaults()
    expect(await rig.sync()).toMatchObject({ verdict: 'complete', members: { joined: 4 } })
    expect((await groupChanges(rig.pool)).toSorted()).toEqual([`${G} created`, `${H} created`])
    rig.sim.addFault({ name: '10007', endpoint: 'getGroupMemberInfo', groupId: H })
    rig.world.updateGroup(H, { name: 'renamed' })
    expect(await rig.sync()).toMatchObject({ verdict: 'partial', members: { left: 0 } })
    expect(await roll(rig.pool, H)).toHaveLength(4)
    expect(await groupChanges(rig.pool)).toContain(`${H} renamed`)
  })

  test('the list of all groups breaks off: partial, what is known is read, nothing is gone', async () => {
    const rig = await rigOf()
    fill(rig, G, 4)
    await rig.sync()
    rig.sim.addFault({ name: '10002', endpoint: 'getAppidGroupList' })
    expect(await rig.sync()).toMatchObject({ verdict: 'partial', groups: { seen: 1, unchanged: 1, gone: 0 } })
  })

  test('the word about suspects cannot be had: they stay', async () => {
    const rig = await rigOf()
    fill(rig, G, 4)
    await rig.sync()
    rig.world.leave(G, 'u1')
    rig.world.join(G, 'newcomer')
    rig.sim.addFault({ name: '10002', endpoint: 'getRoleInGroup' })
    expect(await rig.sync()).toMatchObject({ verdict: 'partial', members: { left: 0, joined: 1 } })
    expect(await roll(rig.pool, G)).toContain('u1')
    rig.sim.clearFaults()
    expect(await rig.sync()).toMatchObject({ verdict: 'complete', members: { left: 1 } })
  })

  test('an error that stops the run ends every call of it: nothing goes on afterwards', async () => {
    const rig = await rigOf({ concurrency: 4, discover: { accounts: Array.from({ length: 200 }, (_, n) => `u${n}`) } })
    fill(rig, G, 200)
    rig.sim.addFault({ name: '70009', endpoint: 'getJoinedGroupList' })
    expect(await rig.sync()).toMatchObject({ verdict: 'failed', error: expect.stringContaining('70009') })
    // What was on its way still arrives; after that, nothing.
    await new Promise((resolve) => setTimeout(resolve, 200))
    const calls = rig.sim.seen.length
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(rig.sim.seen.length).toBe(calls)
    expect(calls).toBeLessThanOrEqual(1 + 4)
  })

  test('a walk that stops the run leaves no other walk behind that writes after its end', async () => {
    const rig = await rigOf({ concurrency: 4, quirks: { ...WALKED } })
    for (let n = 0; n < 4; n++) fill(rig, `@TGS#${n}`, 25)
    await rig.sync()
    for (let n = 0; n < 4; n++) rig.world.join(`@TGS#${n}`, 'newcomer')
    const release: (() => void)[] = []
    // A pool that is slow about everything but the end of the run.
    const pool = new Proxy(rig.pool, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key, target)
        if (key !== 'query') return typeof value === 'function' ? value.bind(target) : value
        return async (...args: Parameters<typeof target.query>) => {
          if (String(args[0]).includes('fingerprints of some rolls') || String(args[0]).includes('Full rows of some'))
            await new Promise<void>((resolve) => {
              release.push(resolve)
              setTimeout(resolve, 100)
            })
          return target.query(...args)
        }
      },
    })
    let walked = 0
    const unhook = rig.sim.onPage(({ endpoint, page }) => {
      if (endpoint === 'getGroupMemberInfo' && page === 1 && ++walked === 4) rig.sim.addFault({ name: '60020' })
    })
    const deps: SyncDeps = { ...rig.deps, pool }
    rig.clock.advance(60_000)
    const result = await syncSource(deps, rig.source, {}, never())
    unhook()
    const { rows: atEnd } = await rig.pool.query('SELECT count(*)::int AS n FROM rollcall.group_reads')
    await new Promise((resolve) => setTimeout(resolve, 250))
    const { rows: later } = await rig.pool.query('SELECT count(*)::int AS n FROM rollcall.group_reads')
    expect(later).toEqual(atEnd)
    expect(result.members.joined).toBe((await memberChanges(rig.pool)).length - 100)
  })

  test('a connection that is cut in the middle of a write fails the run with a sentence; the next run is whole', async () => {
    const rig = await rigOf()
    fill(rig, G, 30)
    await rig.pool.query(`CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'`)
    await rig.pool.query('CREATE TRIGGER cut AFTER INSERT ON rollcall.member EXECUTE FUNCTION cut()')
    rig.clock.advance(60_000)
    await expect(syncSource(rig.deps, rig.source, {}, never())).rejects.toThrow(/terminat/)
    await rig.pool.query('DROP TRIGGER cut ON rollcall.member')
    const { rows } = await rig.pool.query('SELECT verdict FROM rollcall.runs')
    expect(rows).toEqual([{ verdict: 'failed' }])
    expect(await memberChanges(rig.pool)).toEqual([])
    expect(await rig.sync()).toMatchObject({ verdict: 'complete', members: { joined: 30 } })
  })
})

test('it works every time, not every other time: n, n+1, n+2', async () => {
  const rig = await rigOf()
  fill(rig, G, 10)
  await rig.sync()
  for (let n = 0; n < 6; n++) {
    rig.world.leave(G, `u${n + 1}`)
    rig.world.join(G, `late${n}`)
    const places = await rowPlaces(rig.pool)
    expect(await rig.sync()).toMatchObject({ verdict: 'complete', members: { joined: 1, left: 1 } })
    expect(await rowPlaces(rig.pool)).not.toBe(places)
    expect(await shownRoll(rig.pool)).toEqual(trueRoll(rig))
  }
})

test('("a", "bc") is not ("ab", "c"): groups and accounts that run together are told apart', async () => {
  const rig = await rigOf()
  rig.world.createGroup({ groupId: 'a', name: 'a' })
  rig.world.createGroup({ groupId: 'ab', name: 'ab' })
  rig.world.join('a', 'bc')
  rig.world.join('ab', 'c')
  await rig.sync()
  rig.world.leave('a', 'bc')
  expect(await rig.sync()).toMatchObject({ members: { left: 1 } })
  expect(await roll(rig.pool, 'ab')).toEqual(['c'])
})
