import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { Group, GroupAnswer, GroupHint } from '../../src/core/group.ts'
import { all, CONFIG } from './scripted.ts'
import { simulate } from './simulated.ts'

/** The cases of the vendor's contract, by number, over real sockets against the simulated vendor. */

const hints = (count: number, from = 0, more: Partial<GroupHint> = {}): GroupHint[] =>
  Array.from({ length: count }, (_, n) => ({ groupId: `g${n + from}`, known: true, ...more }))
const kinds = (answers: readonly GroupAnswer[]) => answers.map(({ kind }) => kind)
const offset = (at: number) => ({ kind: 'offset', offset: at }) as const

async function groupOf(world: Awaited<ReturnType<typeof simulate>>, groupId: string): Promise<Group> {
  const [answer] = await world.vendor.details([{ groupId }], world.signal)
  if (answer?.kind !== 'found') throw new Error(`${groupId} is ${answer?.kind}`)
  return answer.group
}

describe('authorization', () => {
  it('T-01 the query is signed, in lower case, with a fresh random each time', async () => {
    await using s = await simulate()
    s.fill(1, 1)
    for (let n = 0; n < 20; n++) await s.vendor.details(hints(1), s.signal)
    const names = new Set(s.sim.seen.map(({ query }) => Object.keys(query).join()))
    expect([...names]).toEqual(['sdkappid,identifier,usersig,random,contenttype'])
    const randoms = s.sim.seen.map(({ query }) => Number(query['random']))
    expect(new Set(randoms).size).toBeGreaterThan(15)
    expect(randoms.every((one) => Number.isInteger(one) && one >= 0 && one <= 4294967295)).toBe(true)
    expect(new Set(s.sim.seen.map(({ answer }) => answer))).toEqual(new Set(['0']))
  })

  it('T-03 an expired UserSig is made new and the call repeated once', async () => {
    await using s = await simulate()
    s.fill(1, 1)
    await s.vendor.details(hints(1), s.signal)
    s.sim.addFault({ name: '70001', times: 1 })
    s.clock.at += 60_000
    expect(kinds(await s.vendor.details(hints(1), s.signal))).toEqual(['found'])
    const [first, second, third] = s.sim.seen.map(({ query }) => query['usersig'])
    expect(second).toBe(first)
    expect(third).not.toBe(second)
    s.sim.addFault({ name: '70001' })
    await expect(s.vendor.details(hints(1), s.signal)).rejects.toMatchObject({ fault: 'stop', code: '70001' })
    expect(s.sim.seen).toHaveLength(5)
  })

  it('T-04 a wrong key stops after two requests at most', async () => {
    await using s = await simulate({ config: { secretKey: 'another-key-of-the-same-sort-000000' } })
    await expect(s.vendor.details(hints(3), s.signal)).rejects.toMatchObject({ fault: 'stop', code: '70009' })
    await expect(s.vendor.check(s.signal)).rejects.toThrow('check secretKey of app 1400000001')
    expect(s.sim.seen.length).toBeLessThanOrEqual(4)
  })

  it('T-05 an identifier that is no admin stops at once', async () => {
    await using s = await simulate({ config: { identifier: 'somebody' } })
    await expect(s.vendor.details(hints(1), s.signal)).rejects.toMatchObject({ fault: 'stop', code: '60010' })
    expect(s.sim.seen).toHaveLength(1)
  })

  it('T-06 after 70050 nothing is sent for a minute', async () => {
    await using s = await simulate()
    s.fill(1, 1)
    s.sim.addFault({ name: '70050', times: 1 })
    expect(kinds(await s.vendor.details(hints(1), s.signal))).toEqual(['found'])
    const [shut, open] = s.sim.seen.map(({ at }) => at)
    expect((open ?? 0) - (shut ?? 0)).toBeGreaterThanOrEqual(60_000)
    s.sim.addFault({ name: '70050' })
    await expect(s.vendor.details(hints(1), s.signal)).rejects.toMatchObject({ fault: 'stop' })
  })

  it('T-07 the host of another region stops, naming host and app', async () => {
    await using s = await simulate({ quirks: { wrongRegion: true } })
    const error: unknown = await s.vendor.details(hints(1), s.signal).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ fault: 'stop', code: '60026' })
    expect(String(error)).toContain(`127.0.0.1:${s.sim.port}`)
    expect(String(error)).toContain('1400000001')
    expect(String(error)).not.toContain(CONFIG.secretKey)
  })

  it.each(['60020', '60016', '60021'])('T-39 %s stops at once', async (name) => {
    await using s = await simulate()
    s.sim.addFault({ name })
    await expect(s.vendor.details(hints(5), s.signal)).rejects.toMatchObject({ fault: 'stop', code: name })
    expect(s.sim.seen).toHaveLength(1)
  })
})

describe('lists', () => {
  it.each(['small', 'beyond2p53', 'max'] as const)('T-08 T-09 pages of 10,000 by a %s cursor', async (nextMode) => {
    await using s = await simulate({ quirks: { nextMode } })
    s.fill(10_001, 0)
    const listed = await all(s.vendor.listGroups?.(s.signal))
    expect(new Set(listed.map(({ groupId }) => groupId)).size).toBe(10_001)
    expect(s.sim.seen.map(({ answer }) => answer)).toEqual(['0', '0'])
  })

  it.each([60007, 60011, 60018, 60019, 10006] as const)('T-10 X-06 %i is waited out', async (limitCode) => {
    await using s = await simulate({ quirks: { limitCode }, limits: { getAppidGroupList: 1 } })
    s.fill(1, 0)
    for (let n = 0; n < 3; n++) expect(await all(s.vendor.listGroups?.(s.signal))).toHaveLength(1)
    expect(s.transport.rateLimited()).toBeGreaterThan(0)
    expect(Math.min(...s.slept)).toBeGreaterThanOrEqual(1000)
  })

  it('T-10 the limiter keeps clear of it', async () => {
    await using s = await simulate({ limits: { getAppidGroupList: 1 }, rates: { getAppidGroupList: 1 } })
    for (let n = 0; n < 4; n++) await all(s.vendor.listGroups?.(s.signal))
    expect([s.transport.rateLimited(), s.sim.seen.length]).toEqual([0, 4])
    expect(s.sim.peakRates()).toEqual({ 'acme/getAppidGroupList': 1 })
  })

  it.each([true, false])('T-36 a community with topics, ErrorInfo "ok" (type needed: %s)', async (needed) => {
    const quirks = { errorInfo: 'ok' as const, topicGroups: new Set(['c']), supportTopicNeedsType: needed }
    await using s = await simulate({ quirks })
    s.fill(1, 1)
    s.world.createGroup({ groupId: 'c', type: 'Community' })
    s.world.join('c', 'u0')
    const listed = await all(s.vendor.joinedGroups('u0', s.signal))
    expect(listed.map(({ groupId, type }) => [groupId, type])).toEqual([
      ['g0', 'Public'],
      ['c', 'Community'],
    ])
    expect(listed.map(({ self }) => self?.role)).toEqual(['owner', 'member'])
  })

  it('T-37 groups that are not activated are listed', async () => {
    await using s = await simulate({ quirks: { inactiveGroups: new Set(['g0']) } })
    s.fill(2, 1, 'Private')
    expect((await all(s.vendor.joinedGroups('u0', s.signal))).map(({ groupId }) => groupId)).toEqual(['g0', 'g1'])
  })

  it('walks 2,500 joined groups to the total', async () => {
    await using s = await simulate()
    s.fill(2500, 1)
    const listed = await all(s.vendor.joinedGroups('u0', s.signal))
    expect(new Set(listed.map(({ groupId }) => groupId)).size).toBe(2500)
    expect(s.transport.calls()).toEqual({ getJoinedGroupList: 4 })
  })

  it('an account that does not exist is told apart', async () => {
    await using s = await simulate()
    await expect(all(s.vendor.joinedGroups('nobody', s.signal))).rejects.toMatchObject({ fault: 'accountGone' })
  })
})

describe('details', () => {
  it('T-12 T-13 51 groups in 50 + 1, one of them gone', async () => {
    await using s = await simulate()
    s.fill(51, 3)
    s.world.dissolve('g7')
    const batches = s.vendor.pack(hints(51))
    expect(batches.map((batch) => batch.length)).toEqual([50, 1])
    const answers = (await Promise.all(batches.map((batch) => s.vendor.details(batch, s.signal)))).flat()
    expect(answers.filter(({ kind }) => kind === 'found')).toHaveLength(50)
    expect(answers.filter(({ kind }) => kind === 'gone')).toMatchObject([{ groupId: 'g7' }])
    const [found] = answers
    expect(found?.kind === 'found' && found.members?.map(({ accountId }) => accountId)).toEqual(['u0', 'u1', 'u2'])
  })

  it('T-15 a bad id is a bad id, in company and alone', async () => {
    await using s = await simulate({ quirks: { dissolvedCode: 10015 } })
    s.fill(2, 1)
    s.world.dissolve('g1')
    expect(kinds(await s.vendor.details(hints(2), s.signal))).toEqual(['found', 'badId'])
    expect(kinds(await s.vendor.details(hints(1, 1), s.signal))).toEqual(['badId'])
  })

  it('T-17 an answer over 1 MB is refused, and what is learned packs it smaller', async () => {
    await using s = await simulate({ quirks: { answerLimitBytes: 20_000 } })
    s.fill(4, 60)
    await expect(s.vendor.details(hints(4), s.signal)).rejects.toMatchObject({ fault: 'tooBig', code: '10018' })
    const halves = [hints(2), hints(2, 2)].map((batch) => s.vendor.details(batch, s.signal))
    expect(kinds((await Promise.all(halves)).flat())).toEqual(['found', 'found', 'found', 'found'])
    const list = s.vendor.memberPage(await groupOf(s, 'g0'), offset(0), 200, s.signal)
    await expect(list).resolves.toMatchObject({ memberCount: 60 })
  })

  it('T-18 T-21 T-24 T-25 T-26 old names, no owner, odd words, for ever', async () => {
    const quirks = {
      fieldNames: 'old' as const,
      typeNames: 'new' as const,
      trailingSpaceRole: true,
      unknownFields: true,
    }
    await using s = await simulate({ quirks })
    const joinedAt = Date.UTC(2015, 2, 10)
    s.world.createGroup({ groupId: 'g0', type: 'Private', muteAll: true, createdAt: 0 })
    const mutes = { for_ever: Number.POSITIVE_INFINITY, past: s.clock.at - 5000, future: s.clock.at + 5000, not: 0 }
    for (const [account, mutedUntil] of Object.entries(mutes)) s.world.join('g0', account, { joinedAt, mutedUntil })
    const [answer] = await s.vendor.details(hints(1), s.signal)
    expect(answer).toMatchObject({ group: { type: 'Private', muteAll: true, ownerId: null, createdAt: null }, bad: [] })
    const page = await s.vendor.memberPage(await groupOf(s, 'g0'), offset(0), 200, s.signal)
    expect(answer?.kind === 'found' && answer.members).toEqual(page.rows) // both calls give the very same records
    expect(page.rows.map((row) => [row.accountId, row.role, row.mutedUntil, row.joinedAt])).toEqual([
      ['for_ever', 'member', Number.POSITIVE_INFINITY, joinedAt],
      ['past', 'member', null, joinedAt],
      ['future', 'member', s.clock.at + 5000, joinedAt],
      ['not', 'member', null, joinedAt],
    ])
  })

  it('X-07 the same group comes alike with members and without, by both names, with fields of tomorrow', async () => {
    for (const fieldNames of ['old', 'new', 'both'] as const) {
      await using s = await simulate({
        quirks: { fieldNames, unknownFields: true },
        config: { customFields: { group: ['tier'], member: ['badge'] } },
      })
      s.world.createGroup({ groupId: 'g0', introduction: 'hello', muteAll: true, custom: { tier: 'gold', other: 'x' } })
      s.world.join('g0', 'u0', { custom: { badge: 'b\0', other: 'x' }, nameCard: 'U' })
      const [along] = await s.vendor.details(hints(1, 0, { memberCount: 1 }), s.signal)
      const [bare] = await s.vendor.details(hints(1, 0, { memberCount: 9999 }), s.signal)
      expect(along?.kind === 'found' && along.group).toEqual(bare?.kind === 'found' && bare.group)
      expect(bare).toMatchObject({ members: null, group: { muteAll: true, attributes: { custom: { tier: 'gold' } } } })
      expect(along).toMatchObject({ members: [{ attributes: { custom: { badge: { base64: 'YgA=' } } } }] })
    }
  })

  it('groups of nobody say so, and a server’s cap on members is noticed', async () => {
    await using s = await simulate({ quirks: { detailsMemberCap: 30 } })
    s.fill(5, 100)
    s.world.createGroup({ groupId: 'g5' })
    const answers = await s.vendor.details(hints(6), s.signal)
    expect(answers.map((answer) => answer.kind === 'found' && answer.members?.length)).toEqual([30, 30, 30, 30, 30, 0])
    await s.vendor.details(hints(5, 0, { memberCount: 100 }), s.signal)
    expect(s.sim.seen.at(-1)?.body).toHaveProperty('ResponseFilter')
  })
})

describe('members', () => {
  it('T-22 250 members in pages that overlap by one row', async () => {
    await using s = await simulate()
    s.fill(1, 250)
    const group = await groupOf(s, 'g0')
    expect(s.vendor.walkPlan(group)).toEqual({ kind: 'offset', pageSize: 200 })
    const pages = []
    for (const at of [0, 100, 200]) pages.push(await s.vendor.memberPage(group, offset(at), 101, s.signal))
    expect(pages.map(({ rows }) => rows.length)).toEqual([101, 101, 50])
    expect(pages.map(({ memberCount, next, bad }) => [memberCount, next, bad])).toEqual(Array(3).fill([250, null, []]))
    expect(pages[0]?.rows.at(-1)?.accountId).toBe(pages[1]?.rows[0]?.accountId)
    expect(new Set(pages.flatMap(({ rows }) => rows.map(({ accountId }) => accountId))).size).toBe(250)
    expect(s.sim.seen.slice(1).map(({ body }) => body)).toEqual(
      [0, 100, 200].map((Offset) => ({ GroupId: 'g0', Limit: 101, Offset })),
    )
  })

  it('T-31 a community is walked by Next, a text, to its empty end', async () => {
    await using s = await simulate()
    s.fill(1, 250, 'Community')
    const group = await groupOf(s, 'g0')
    expect(s.vendor.walkPlan(group)).toEqual({ kind: 'token', pageSize: 200 })
    s.sim.clearSeen()
    let token: string | null = null
    const rows: string[] = []
    do {
      const page = await s.vendor.memberPage(group, { kind: 'token', token }, 200, s.signal)
      rows.push(...page.rows.map(({ accountId }) => accountId))
      token = page.next
    } while (token !== null)
    expect(new Set(rows).size).toBe(250)
    expect(s.sim.seen.map(({ body }) => body)).toEqual([
      { GroupId: 'g0', Limit: 200, Next: '' },
      { GroupId: 'g0', Limit: 200, Next: expect.stringMatching(/^144115265295\d+$/) },
    ])
  })

  it.each(['refuse', 'first300'] as const)('T-33 nobody lists an AVChatRoom (%s)', async (avChatRoom) => {
    await using s = await simulate({ quirks: { avChatRoom } })
    s.fill(1, 3, 'AVChatRoom')
    const [answer] = await s.vendor.details(hints(1), s.signal)
    expect(answer).toMatchObject({ kind: 'found', members: null, group: { type: 'AVChatRoom', memberCount: 3 } })
    const group = await groupOf(s, 'g0')
    expect(s.vendor.walkPlan(group)).toBeNull()
    expect([...((await s.vendor.confirm?.(group, ['u0'], s.signal)) ?? [])]).toEqual([['u0', 'unknown']])
    if (avChatRoom === 'refuse')
      await expect(s.vendor.memberPage(group, offset(0), 200, s.signal)).rejects.toMatchObject({ fault: 'unlistable' })
  })

  it('a group that may not be read is forbidden, one that went away is gone', async () => {
    await using s = await simulate({ quirks: { groupErrors: new Map([['g1', 10007]]) } })
    s.fill(2, 1)
    const group = await groupOf(s, 'g0')
    const page = (groupId: string) => s.vendor.memberPage({ ...group, groupId }, offset(0), 200, s.signal)
    await expect(page('g1')).rejects.toMatchObject({ fault: 'forbidden' })
    expect(kinds(await s.vendor.details(hints(2), s.signal))).toEqual(['found', 'forbidden'])
    s.world.dissolve('g0')
    await expect(page('g0')).rejects.toMatchObject({ fault: 'gone' })
  })

  it('T-30 501 accounts are asked for in two calls', async () => {
    await using s = await simulate()
    s.fill(1, 400)
    const accounts = Array.from({ length: 501 }, (_, n) => `u${n}`)
    const group = await groupOf(s, 'g0')
    const answer = await s.vendor.confirm?.(group, accounts, s.signal)
    expect(s.transport.calls()).toEqual({ getGroupInfo: 1, getRoleInGroup: 2 })
    expect([...(answer ?? [])]).toEqual(accounts.map((account, n) => [account, n < 400 ? 'in' : 'out']))
  })
})

describe('trouble', () => {
  it.each(['10002', '60008', '60014', 'http502', 'http503', 'html', 'truncate', 'timeout', 'reset', 'empty'])(
    'T-38 %s passes',
    async (name) => {
      await using s = await simulate()
      s.fill(1, 1)
      s.sim.addFault({ name, times: 2 })
      expect(kinds(await s.vendor.details(hints(1), s.signal))).toEqual(['found'])
      expect(s.transport.calls()).toEqual({ getGroupInfo: 3 })
    },
  )

  it('X-06 HTTP 429 slows down like the vendor’s own codes', async () => {
    await using s = await simulate()
    s.fill(1, 1)
    s.sim.addFault({ name: 'http429', times: 1 })
    await s.vendor.details(hints(1), s.signal)
    expect(s.transport.rateLimited()).toBe(1)
  })

  it('X-08 no secret is in an error or a log, whatever fails', async () => {
    await using s = await simulate()
    const thrown: unknown[] = []
    for (const name of ['70001', '70009', '70050', '60026', '10004', '12345', 'html', 'reset', 'truncate', 'http502']) {
      s.sim.addFault({ name })
      await s.vendor.check(s.signal).catch((error: unknown) => thrown.push(error))
      s.sim.clearFaults()
    }
    expect(thrown).toHaveLength(10)
    const text = inspect([thrown, s.logged], { depth: 20, showHidden: true })
    for (const { query } of s.sim.seen) expect(text).not.toContain((query['usersig'] ?? '?').slice(0, 20))
    expect(text).not.toContain(CONFIG.secretKey)
  })
})
