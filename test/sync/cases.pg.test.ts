import { expect, test } from 'vitest'
import { createLog } from '../../src/log.ts'
import type { TencentApp } from '../../src/simulator/tencent/index.ts'
import type { SimRole } from '../../src/simulator/types.ts'
import { syncSource } from '../../src/sync/sync-source.ts'
import { dump, groupChanges, lastRead, memberChanges, roll, shownGroup, stays } from '../support/facts.ts'
import { rigsOfTest } from '../support/rigs-of-test.ts'
import { type Rig, rowPlaces, shownRoll, trueRoll } from '../support/rig.ts'

/** The cases of vendors/cases.md that need the store, over HTTP against the simulator, by their numbers. */

const rigOf = rigsOfTest()

const G = '@TGS#1'
const C = '@TGS#_@TGS#c1'
function fill(rig: Rig, groupId: string, size: number, type = 'Public'): void {
  rig.world.createGroup({ groupId, type, name: groupId })
  for (let n = 0; n < size; n++) rig.world.join(groupId, `u${n}`, { role: n === 0 ? 'Owner' : 'Member' })
  rig.clock.advance(10_000)
}
/** As the vendor that these cases are about. */
function tencent({ app }: Rig): TencentApp {
  if (app.vendor !== 'tencent') throw new Error(`${app.vendor} is another vendor`)
  return app
}
const quirks = (rig: Rig) => (tencent(rig).quirks ??= {})
const asked = (rig: Rig, endpoint: string) => rig.sim.seen.filter((seen) => seen.endpoint === endpoint)

test('T-11 a group missing from every list is asked for by its id, and closed only at 10010', async () => {
  const rig = await rigOf()
  fill(rig, G, 3)
  fill(rig, '@TGS#2', 2)
  await rig.sync()
  // No list at all: what is known is read all the same.
  const unlisted = { ...rig.source, discover: { ...rig.source.discover, allGroups: false } }
  const sync = () => (rig.clock.advance(60_000), syncSource(rig.deps, unlisted, {}, new AbortController().signal))
  expect(await sync()).toMatchObject({ verdict: 'complete', groups: { seen: 2, complete: 2, gone: 0, unchanged: 2 } })
  expect(await roll(rig.pool, G)).toHaveLength(3)
  rig.world.dissolve(G)
  expect(await sync()).toMatchObject({ verdict: 'complete', groups: { seen: 2, gone: 1 }, members: { left: 3 } })
  expect(await groupChanges(rig.pool)).toEqual([`${G} created`, '@TGS#2 created', `${G} dissolved`])
  expect(await roll(rig.pool, G)).toEqual([])
  expect((await shownGroup(rig.pool, G))?.dissolved_at).not.toBeNull()
  expect(await lastRead(rig.pool, G)).toMatchObject({ outcome: 'gone' })
  expect(await sync()).toMatchObject({ groups: { seen: 1, gone: 0 } })
})

test('T-15 10015 closes a known group after it is confirmed alone, and is a bad id for one never seen', async () => {
  const rig = await rigOf({ quirks: { dissolvedCode: 10015 }, discover: { groups: ['@TGS#never'] } })
  fill(rig, G, 3)
  fill(rig, '@TGS#2', 2)
  const first = await rig.sync()
  expect(first).toMatchObject({ verdict: 'partial', groups: { seen: 3, complete: 2, failed: 1 } })
  expect(first.notes.join()).toContain('check the id')
  expect(await shownGroup(rig.pool, '@TGS#never')).toBeNull()
  expect(await lastRead(rig.pool, '@TGS#never')).toMatchObject({ outcome: 'failed' })
  rig.world.dissolve(G)
  rig.sim.clearSeen()
  expect(await rig.sync()).toMatchObject({ groups: { gone: 1, failed: 1 }, members: { left: 3 } })
  const alone = asked(rig, 'getGroupInfo').filter(({ groupIds }) => groupIds.join() === G)
  expect(alone.length).toBeGreaterThan(0)
  expect((await shownGroup(rig.pool, G))?.dissolved_at).not.toBeNull()
  expect(await lastRead(rig.pool, '@TGS#never')).toMatchObject({ outcome: 'failed' })
})

test('T-15 a known group that answers 10015 just once stays', async () => {
  const rig = await rigOf()
  fill(rig, G, 3)
  await rig.sync()
  quirks(rig).groupErrors = new Map([[G, 10015]])
  // The first answer about it is 10015, whatever comes after is well.
  const { vendor } = rig.source
  let answers = 0
  const fickle = {
    ...rig.source,
    vendor: {
      ...vendor,
      details: async (...args: Parameters<typeof vendor.details>) => {
        const result = await vendor.details(...args)
        if (++answers === 1) quirks(rig).groupErrors = new Map()
        return result
      },
    },
  }
  rig.clock.advance(60_000)
  const result = await syncSource(rig.deps, fickle, {}, new AbortController().signal)
  expect(answers).toBe(2)
  expect(result).toMatchObject({ verdict: 'complete', groups: { gone: 0, complete: 1 }, members: { left: 0 } })
})

test('T-17 10018 halves the batch until it passes', async () => {
  const rig = await rigOf({ quirks: { answerLimitBytes: 6000 } })
  for (let n = 0; n < 8; n++) fill(rig, `@TGS#${n}`, 12)
  expect(await rig.sync()).toMatchObject({ verdict: 'complete', groups: { complete: 8, failed: 0 } })
  expect(await shownRoll(rig.pool)).toEqual(trueRoll(rig))
  expect(rig.sim.counts()['acme/getGroupInfo']?.['10018']).toBeGreaterThan(1)
})

test('T-27 someone leaves between pages, one is skipped and one doubled: walked again, nobody leaves falsely', async () => {
  const rig = await rigOf({ quirks: { memberLimitCap: 20, overCap: 'clip', detailsMemberCap: 5 } })
  fill(rig, G, 70)
  await rig.sync()
  let left = false
  const unhook = rig.sim.onPage(({ groupId, page }) => {
    if (left || groupId !== G || page !== 1) return
    left = true
    rig.world.leave(G, 'u3')
    rig.clock.advance(1500)
    rig.world.join(G, 'newcomer')
  })
  const result = await rig.sync()
  unhook()
  expect(left).toBe(true)
  expect(result).toMatchObject({ verdict: 'complete', members: { left: 1, joined: 1 } })
  expect((await memberChanges(rig.pool)).slice(70)).toEqual([`${G} u3 left member`, `${G} newcomer joined member`])
  expect(await shownRoll(rig.pool)).toEqual(trueRoll(rig))
})

test('T-27 two leave behind the walk, one comes back, one is new: the counts agree, and still nobody is missed', async () => {
  const rig = await rigOf({ quirks: { memberLimitCap: 20, overCap: 'clip', detailsMemberCap: 5 } })
  fill(rig, G, 70)
  await rig.sync()
  let changed = false
  const unhook = rig.sim.onPage(({ groupId, page }) => {
    if (changed || groupId !== G || page !== 0) return
    changed = true
    const { joinedAt = 0 } = rig.world.groups.get(G)?.members.get('u3') ?? {}
    rig.world.leave(G, 'u3')
    rig.world.leave(G, 'u4')
    rig.world.join(G, 'u3', { joinedAt })
    rig.world.join(G, 'newcomer')
  })
  const result = await rig.sync()
  unhook()
  expect(changed).toBe(true)
  expect(result).toMatchObject({ verdict: 'complete', members: { left: 1, joined: 1 }, notes: [] })
  // Nobody who was in all the time was even a suspect.
  const suspects = asked(rig, 'getRoleInGroup').map(({ body }) => (body as { User_Account: string[] }).User_Account)
  expect(suspects.flat()).toEqual(['u4'])
  expect(await shownRoll(rig.pool)).toEqual(trueRoll(rig))
})

test('T-27 a broken walk that never mends ends as partial: joins apply, nobody leaves', async () => {
  const rig = await rigOf({ quirks: { memberLimitCap: 20, overCap: 'clip', detailsMemberCap: 5 } })
  fill(rig, G, 70)
  await rig.sync()
  rig.world.leave(G, 'u69')
  let n = 0
  const unhook = rig.sim.onPage(({ groupId }) => {
    if (groupId === G) rig.world.join(G, `new${n++}`)
  })
  const result = await rig.sync()
  unhook()
  expect(result).toMatchObject({ verdict: 'partial', groups: { partial: 1 }, members: { left: 0 } })
  expect(result.members.joined).toBeGreaterThan(0)
  expect(await roll(rig.pool, G)).toContain('u69')
  expect(await lastRead(rig.pool, G)).toMatchObject({ outcome: 'partial', passes: 3 })
  expect((await lastRead(rig.pool, G))?.reason).toMatch(/members listed, the vendor counts|kept moving/)
  expect(await rig.sync()).toMatchObject({ verdict: 'complete', members: { left: 1 } })
  expect(await shownRoll(rig.pool)).toEqual(trueRoll(rig))
})

test.each([
  ['details', 10],
  ['walk', 70],
])('T-28 absent from a clean %s, but in by the vendor’s direct word: kept, and told', async (_way, size) => {
  const rig = await rigOf({ quirks: { memberLimitCap: 20, overCap: 'clip', detailsMemberCap: 20 } })
  fill(rig, G, size)
  await rig.sync()
  quirks(rig).hiddenMembers = new Set(['u5'])
  const result = await rig.sync()
  expect(result).toMatchObject({ verdict: 'complete', members: { left: 0, joined: 0, changed: 0 } })
  expect(asked(rig, 'getRoleInGroup').at(-1)?.body).toMatchObject({ User_Account: ['u5'] })
  expect(await roll(rig.pool, G)).toContain('u5')
  expect(await lastRead(rig.pool, G)).toMatchObject({ outcome: 'complete', vendor_count: size - 1 })
  expect(result.notes.join()).toMatch(/u5/)
  quirks(rig).hiddenMembers = new Set()
  expect(await rig.sync()).toMatchObject({ verdict: 'complete', members: { left: 0, joined: 0, changed: 0 } })
  expect(await rig.sync()).toMatchObject({ groups: { unchanged: 1 }, members: { left: 0, joined: 0 } })
  expect(await stays(rig.pool, G, 'u5')).toHaveLength(1)
})

test('T-29 absent and NotMember: the stay ends, with its bounds', async () => {
  const rig = await rigOf()
  fill(rig, G, 10)
  await rig.sync()
  const seen = await lastRead(rig.pool, G)
  rig.clock.advance(30_000)
  rig.world.leave(G, 'u5')
  expect(await rig.sync()).toMatchObject({ verdict: 'complete', members: { left: 1 } })
  const missed = await lastRead(rig.pool, G)
  expect(await stays(rig.pool, G, 'u5')).toMatchObject([{ end_not_before: seen?.began_at, end_at: missed?.ended_at }])
})

test('T-31 a Community is walked by Next as text, and its members leave only when confirmed', async () => {
  const rig = await rigOf({ quirks: { memberLimitCap: 200, detailsMemberCap: 50 } })
  fill(rig, C, 450, 'Community')
  expect(await rig.sync()).toMatchObject({ verdict: 'complete', members: { read: 450, joined: 450 } })
  const bodies = asked(rig, 'getGroupMemberInfo').map(({ body }) => body as { Next: unknown })
  expect(bodies[0]?.Next).toBe('')
  expect(bodies.every(({ Next }) => typeof Next === 'string')).toBe(true)
  expect(bodies.some((body) => 'Offset' in body)).toBe(false)
  rig.world.leave(C, 'u7')
  rig.world.join(C, 'late')
  expect(await rig.sync()).toMatchObject({ verdict: 'complete', members: { joined: 1, left: 1 } })
  expect(await shownRoll(rig.pool)).toEqual(trueRoll(rig))
})

test.each(['refuse', 'first300'] as const)(
  'T-33 an AVChatRoom (%s): never everybody left; the own membership is kept, coverage partial',
  async (avChatRoom) => {
    const rig = await rigOf({ quirks: { avChatRoom }, discover: { accounts: ['u1'] } })
    fill(rig, G, 400, 'AVChatRoom')
    expect(await rig.sync()).toMatchObject({ verdict: 'complete', groups: { seen: 1, failed: 0, partial: 0 } })
    expect(await lastRead(rig.pool, G)).toMatchObject({ outcome: 'unlistable' })
    expect(await shownGroup(rig.pool, G)).toMatchObject({ coverage: 'partial', type: 'AVChatRoom' })
    expect(await roll(rig.pool, G)).toEqual(['u1'])
    // Gone from the account's list, or the list not asked for at all: no proof of anything.
    rig.world.leave(G, 'u1')
    expect(await rig.sync()).toMatchObject({ verdict: 'complete', members: { left: 0 } })
    expect(await roll(rig.pool, G)).toEqual(['u1'])
    rig.world.dissolve(G)
    expect(await rig.sync()).toMatchObject({ groups: { gone: 1 }, members: { left: 1 } })
    expect(await roll(rig.pool, G)).toEqual([])
  },
)

test('T-33 an AVChatRoom of which nothing is known has no coverage and makes no run partial', async () => {
  const rig = await rigOf()
  fill(rig, G, 40, 'AVChatRoom')
  expect(await rig.sync()).toMatchObject({ verdict: 'complete', groups: { seen: 1 }, members: { read: 0 } })
  expect(await shownGroup(rig.pool, G)).toMatchObject({ coverage: 'none' })
  expect(await rig.sync()).toMatchObject({ verdict: 'complete', groups: { seen: 1, unchanged: 0 } })
})

test('T-33 the own membership follows its role, also after a return that no read can prove', async () => {
  const rig = await rigOf({ discover: { accounts: ['u1'] } })
  fill(rig, G, 4, 'AVChatRoom')
  await rig.sync()
  rig.world.leave(G, 'u1')
  rig.clock.advance(60_000)
  rig.world.join(G, 'u1', { role: 'Admin' })
  expect(await rig.sync()).toMatchObject({ members: { left: 0, joined: 0, changed: 1 } })
  const { rows } = await rig.pool.query('SELECT account_id, role FROM rollcall.current_members')
  expect(rows).toEqual([{ account_id: 'u1', role: 'admin' }])
  expect(await rig.sync()).toMatchObject({ members: { changed: 0 } })
})

test('T-38 passing trouble and an HTML page are tried again and cost nothing', async () => {
  const rig = await rigOf({ quirks: { memberLimitCap: 20, overCap: 'clip', detailsMemberCap: 5 } })
  fill(rig, G, 70)
  const list = ['10002', 'http502', 'html', 'truncate'].map((name) => ({ name, endpoint: 'getAppidGroupList' }))
  const pages = ['60008', '60014', 'reset', 'empty'].map((name) => ({ name, endpoint: 'getGroupMemberInfo' }))
  for (const fault of [...list, ...pages]) rig.sim.addFault({ ...fault, times: 1 })
  expect(await rig.sync()).toMatchObject({ verdict: 'complete', error: null, members: { joined: 70 } })
  expect(await shownRoll(rig.pool)).toEqual(trueRoll(rig))
})

test.each(['60020', '60016', '60021'])(
  'T-39 %s in the middle of a run: it stops, and nothing is marked',
  async (code) => {
    const rig = await rigOf({
      quirks: { memberLimitCap: 20, overCap: 'clip', detailsMemberCap: 5 },
      concurrency: 1,
    })
    for (let n = 0; n < 3; n++) fill(rig, `@TGS#${n}`, 60)
    await rig.sync()
    const before = await memberChanges(rig.pool)
    for (let n = 0; n < 3; n++) for (let m = 10; m < 30; m++) rig.world.leave(`@TGS#${n}`, `u${m}`)
    let pages = 0
    const unhook = rig.sim.onPage(({ groupId }) => {
      if (groupId !== null && ++pages === 2) rig.sim.addFault({ name: code })
    })
    const calls = rig.sim.seen.length
    const result = await rig.sync()
    unhook()
    expect(result).toMatchObject({ verdict: 'failed', members: { left: 0 }, groups: { gone: 0 }, interrupted: false })
    expect(result.error).toContain(code)
    expect(rig.sim.seen.slice(calls).filter(({ answer }) => answer === code)).toHaveLength(1)
    expect(await memberChanges(rig.pool)).toEqual(before)
    const { rows } = await rig.pool.query('SELECT verdict, reason FROM rollcall.runs ORDER BY id DESC LIMIT 1')
    expect(rows).toMatchObject([{ verdict: 'failed', reason: expect.stringContaining(code) }])
    rig.sim.clearFaults()
    expect(await rig.sync()).toMatchObject({ verdict: 'complete', members: { left: 60 } })
  },
)

test('T-39 60020 after some groups: what was read is kept, the run is partial', async () => {
  const rig = await rigOf({ concurrency: 1, quirks: { detailsMemberCap: 0 } })
  for (let n = 0; n < 4; n++) fill(rig, `@TGS#${n}`, 6)
  let walked = 0
  const unhook = rig.sim.onPage(({ endpoint }) => {
    if (endpoint === 'getGroupMemberInfo' && ++walked === 3) rig.sim.addFault({ name: '60020' })
  })
  const result = await rig.sync()
  unhook()
  expect(result.verdict).toBe('partial')
  expect(result.groups.complete).toBeGreaterThan(0)
  expect(result.groups.complete).toBeLessThan(4)
  expect(Object.keys(await shownRoll(rig.pool))).toHaveLength(result.groups.complete)
})

test('X-01 stopped in the middle of a walk and run again: no departure from the half walk, then as a clean run', async () => {
  const options = { quirks: { memberLimitCap: 20, overCap: 'clip', detailsMemberCap: 5 } } as const
  const rig = await rigOf(options)
  fill(rig, G, 90)
  fill(rig, '@TGS#2', 90)
  await rig.sync()
  rig.world.leave(G, 'u80')
  rig.world.join(G, 'newcomer')
  const stop = new AbortController()
  const unhook = rig.sim.onPage(({ groupId, page }) => {
    if (groupId === G && page === 2) stop.abort(new Error('Ctrl-C'))
  })
  const half = await rig.sync({ signal: stop.signal })
  unhook()
  expect(half).toMatchObject({ interrupted: true, error: null, members: { left: 0 } })
  expect(half.verdict).not.toBe('complete')
  expect((await memberChanges(rig.pool)).filter((change) => change.includes('left'))).toEqual([])
  expect(await rig.sync()).toMatchObject({ verdict: 'complete', interrupted: false })
  expect(await shownRoll(rig.pool)).toEqual(trueRoll(rig))
  expect((await memberChanges(rig.pool)).filter((change) => !/ u\d+ joined /.test(change)).toSorted()).toEqual([
    `${G} newcomer joined member`,
    `${G} u80 left member`,
  ])
  const { rows } = await rig.pool.query('SELECT count(*)::int AS open FROM rollcall.runs WHERE finished_at IS NULL')
  expect(rows).toEqual([{ open: 0 }])
})

test('X-02 a second run without a change writes no history and not one membership row', async () => {
  const rig = await rigOf({ quirks: { memberLimitCap: 20, overCap: 'clip', detailsMemberCap: 20 } })
  fill(rig, G, 10)
  fill(rig, '@TGS#2', 70)
  fill(rig, C, 40, 'Community')
  await rig.sync()
  const [places, changes, groups] = [
    await rowPlaces(rig.pool),
    await memberChanges(rig.pool),
    await groupChanges(rig.pool),
  ]
  for (let n = 0; n < 3; n++) {
    expect(await rig.sync()).toMatchObject({
      groups: { complete: 3, unchanged: 3 },
      members: { joined: 0, left: 0, changed: 0 },
    })
  }
  expect(await rowPlaces(rig.pool)).toBe(places)
  expect(await memberChanges(rig.pool)).toEqual(changes)
  expect(await groupChanges(rig.pool)).toEqual(groups)
})

test('X-07 unknown fields everywhere are ignored and make no history when they come or go', async () => {
  const rig = await rigOf({ quirks: { memberLimitCap: 20, overCap: 'clip', detailsMemberCap: 20 } })
  fill(rig, G, 10)
  fill(rig, '@TGS#2', 50)
  await rig.sync()
  const changes = await memberChanges(rig.pool)
  quirks(rig).unknownFields = true
  expect(await rig.sync()).toMatchObject({ verdict: 'complete', groups: { complete: 2 }, members: { changed: 0 } })
  expect(await memberChanges(rig.pool)).toEqual(changes)
})

test('X-08 neither key nor UserSig is in the log, the notes, the progress or any table', async () => {
  const rig = await rigOf({ discover: { groups: ['@TGS#never'] } })
  fill(rig, G, 10)
  const lines: string[] = []
  // Without the scrubber's list of secrets: nothing may even get that far.
  const log = createLog({ level: 'trace', stream: { write: (line: string) => lines.push(line) } })
  const deps = { ...rig.deps, log, progress: (snapshot: object) => lines.push(JSON.stringify(snapshot)) }
  const sync = async () => {
    rig.clock.advance(25 * 3_600_000) // a new UserSig each time
    lines.push(JSON.stringify(await syncSource(deps, rig.source, {}, new AbortController().signal)))
  }
  await sync()
  rig.sim.addFault({ name: '10002', times: 7 })
  await sync()
  rig.sim.addFault({ name: '70001', times: 1 })
  await sync()
  tencent(rig).secretKey = 'another-key-than-the-one-that-signs'
  await sync()
  const sigs = new Set(rig.sim.seen.map(({ query }) => query['usersig'] ?? ''))
  expect(sigs.size).toBeGreaterThan(3)
  const secrets = ['f3a9c1b77d204e5db6a8c1b77d204e5d', ...sigs].flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64').slice(0, -4),
    Buffer.from(secret).toString('hex'),
  ])
  const everything = `${lines.join('\n')}\n${await dump(rig.pool)}`
  expect(everything).toContain('70009')
  expect(secrets.filter((secret) => everything.includes(secret))).toEqual([])
})

test('a role that is none: the record is kept aside, the group is partial, others join, nobody leaves', async () => {
  const rig = await rigOf()
  fill(rig, G, 10)
  await rig.sync()
  rig.world.leave(G, 'u8')
  rig.world.join(G, 'newcomer')
  rig.world.setRole(G, 'u5', 'Chieftain' as SimRole)
  const result = await rig.sync()
  expect(result).toMatchObject({ verdict: 'partial', groups: { partial: 1 }, members: { joined: 1, left: 0 } })
  expect(result.notes.join()).toMatch(/u5.*Role.*Chieftain/)
  expect(await roll(rig.pool, G)).toEqual(expect.arrayContaining(['u5', 'u8', 'newcomer']))
  const { rows } = await rig.pool.query('SELECT group_id, account_id, field FROM rollcall.bad_record')
  expect(rows).toEqual([{ group_id: G, account_id: 'u5', field: 'Role' }])
  rig.world.setRole(G, 'u5', 'Admin')
  expect(await rig.sync()).toMatchObject({ verdict: 'complete', members: { left: 1, changed: 1 } })
  expect(await shownRoll(rig.pool)).toEqual(trueRoll(rig))
})
