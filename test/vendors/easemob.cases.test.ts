import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { GroupAnswer, GroupHint } from '../../src/core/group.ts'
import { expireTokens } from '../../src/simulator/easemob/index.ts'
import { readDetails } from '../../src/sync/read-details.ts'
import { CONFIG } from './easemob-scripted.ts'
import { simulate } from './easemob-simulated.ts'
import { all } from './scripted.ts'

/** The cases of the vendor's contract, by number, over real sockets against the simulated vendor. */

const hints = (count: number, more: Partial<GroupHint> = {}): GroupHint[] =>
  Array.from({ length: count }, (_, n) => ({ groupId: String(100 + n), known: true, ...more }))
const kinds = (answers: readonly GroupAnswer[]) => answers.map(({ kind }) => kind)

describe('the token', () => {
  it('E-01 serves every call, and is renewed well before its end', async () => {
    await using s = await simulate()
    s.fill(1, 1)
    await Promise.all(Array.from({ length: 20 }, () => s.vendor.details(hints(1), s.signal)))
    expect([s.asked('token'), s.asked('groupDetails')]).toEqual([1, 20])
    expect(s.sim.seen[0]?.body).toEqual({
      grant_type: 'client_credentials',
      client_id: CONFIG.clientId,
      client_secret: CONFIG.clientSecret,
    })
    s.clock.at += 31 * 86_400_000
    await s.vendor.details(hints(1), s.signal)
    expect(s.asked('token')).toBe(2)
    expect(s.sim.counts()['acme/groupDetails']).toEqual({ 200: 21, total: 21 })
  })

  it.each(['unauthorized', 'expired', 'shortLived'])(
    'E-02 a 401 (%s): one new token for all, one repeat',
    async (how) => {
      await using s = await simulate({ quirks: { tokenLife: how === 'shortLived' ? 3600 : null } })
      s.fill(1, 1)
      await s.vendor.check(s.signal)
      s.sim.clearSeen()
      if (how === 'unauthorized') s.sim.addFault({ name: 'unauthorized', endpoint: 'groupDetails', times: 1 })
      else if (how === 'expired') expireTokens(s.app)
      else s.clock.at += 3_600_000
      const answers = await Promise.all(Array.from({ length: 10 }, () => s.vendor.details(hints(1), s.signal)))
      expect(kinds(answers.flat())).toEqual(Array(10).fill('found'))
      expect(s.asked('token')).toBe(how === 'unauthorized' ? s.asked('token') : 1)
      expect(s.asked('token')).toBeLessThanOrEqual(2)
      expect(s.slept).toEqual([])
    },
  )

  it('E-02 a token that is never taken stops after one repeat', async () => {
    await using s = await simulate()
    s.sim.addFault({ name: 'bad_token', endpoint: 'groupDetails' })
    await expect(s.vendor.details(hints(1), s.signal)).rejects.toMatchObject({
      fault: 'stop',
      code: 'auth_bad_access_token',
    })
    expect([s.asked('token'), s.asked('groupDetails')]).toEqual([2, 2])
  })

  it('E-03 a wrong secret stops after one request, whoever asks', async () => {
    await using s = await simulate({ config: { clientSecret: 'another-secret-of-the-same-sort' } })
    const wrong = { fault: 'stop', code: 'invalid_grant' }
    await Promise.all(
      Array.from({ length: 8 }, () => expect(s.vendor.details(hints(1), s.signal)).rejects.toMatchObject(wrong)),
    )
    await expect(s.vendor.check(s.signal)).rejects.toThrow('check clientId and clientSecret of app acme#im')
    expect(s.sim.seen).toHaveLength(1)
  })

  it.each([{ orgName: 'other' }, { appName: 'other' }])(
    'E-04 a wrong app %o stops, and no group is gone',
    async (config) => {
      await using s = await simulate({ config })
      s.fill(1, 1)
      const error: unknown = await readDetails(s.vendor, hints(3), s.signal).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ fault: 'stop', code: 'organization_application_not_found' })
      expect(String(error)).toContain(`127.0.0.1:${s.sim.port}`)
      expect(String(error)).toContain('other')
    },
  )

  it('E-04 in the middle of a run as well', async () => {
    await using s = await simulate()
    s.fill(2, 1)
    await s.vendor.check(s.signal)
    s.sim.addFault({ name: 'organization_application_not_found' })
    await expect(readDetails(s.vendor, hints(2), s.signal)).rejects.toMatchObject({ fault: 'stop' })
    await expect(s.vendor.joinedGroups('u0', s.signal)[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      fault: 'stop',
    })
  })
})

describe('lists', () => {
  it.each([
    [1000, false, 3],
    [1000, true, 3],
    [100, true, 22],
  ])('E-05 every group by cursor, %i a page (an empty page at the end: %s)', async (pageCap, emptyLastPage, calls) => {
    await using s = await simulate({ quirks: { pageCap, emptyLastPage } })
    s.fill(pageCap === 100 ? 2100 : 2001, 0)
    const listed = await all(s.vendor.listGroups?.(s.signal))
    expect(new Set(listed.map(({ groupId }) => groupId)).size).toBe(pageCap === 100 ? 2100 : 2001)
    expect(s.asked('listGroups')).toBe(calls)
  })

  it('E-05 a cursor that leads nowhere is noticed', async () => {
    await using s = await simulate({ quirks: { stuckCursor: true } })
    s.fill(2, 1)
    await expect(all(s.vendor.listGroups?.(s.signal))).rejects.toMatchObject({ code: 'repeats' })
  })

  it.each(['last_modified', 'lastModified'] as const)(
    'E-08 E-09 E-10 rows of the list (%s)',
    async (lastModifiedName) => {
      await using s = await simulate({ quirks: { lastModifiedName, ownerPrefix: true, unknownFields: true } })
      s.world.createGroup({ groupId: '100', type: 'Public' })
      s.world.join('100', 'User_1', { role: 'Owner' })
      s.world.join('100', 'user2')
      expect(await all(s.vendor.listGroups?.(s.signal))).toEqual([{ groupId: '100', memberCount: 2 }])
      expect((await s.groupOf('100')).ownerId).toBe('user_1')
    },
  )

  it.each([true, false])('E-26 E-27 joined groups in both forms (new: %s)', async (newer) => {
    await using s = await simulate()
    s.fill(217, 1)
    if (newer) s.sim.addFault({ name: 'service_resource_not_found', endpoint: 'joinedGroups', times: 1 })
    const listed = (await all(s.vendor.joinedGroups('U0', s.signal))).map(({ groupId }) => groupId)
    expect([listed.length, new Set(listed).size]).toEqual([217, 217])
    expect(s.asked('joinedGroups')).toBe(newer ? 1 + 11 : 3)
    s.sim.clearSeen()
    await all(s.vendor.joinedGroups('u0', s.signal))
    expect(s.sim.seen[0]?.query).toEqual(newer ? { pagesize: '20', pagenum: '0' } : { pagesize: '100', pagenum: '1' })
  })

  it('E-18 a page behind the end is a clean end', async () => {
    await using s = await simulate()
    s.fill(100, 1)
    expect(await all(s.vendor.joinedGroups('u0', s.signal))).toHaveLength(100)
    expect(s.asked('joinedGroups')).toBe(2)
  })

  it.each([404, 'empty'] as const)('an account that does not exist (%s)', async (unknownUser) => {
    await using s = await simulate({ quirks: { unknownUser } })
    const list = all(s.vendor.joinedGroups('nobody', s.signal))
    if (unknownUser === 'empty') expect(await list).toEqual([])
    else await expect(list).rejects.toMatchObject({ fault: 'accountGone' })
  })
})

describe('details', () => {
  const styles = ['omit', 'stringElement', 'objectWithError', 'objectWithIdAndError'] as const

  it.each(styles)('E-11 one of three is missing (%s): asked alone, and gone', async (batchMissing) => {
    await using s = await simulate({ quirks: { batchMissing } })
    s.fill(3, 2)
    s.world.dissolve('101')
    expect(kinds(await s.vendor.details(hints(3), s.signal))).toEqual(['found', 'missing', 'found'])
    expect(kinds(await readDetails(s.vendor, hints(3), s.signal))).toEqual(['found', 'gone', 'found'])
  })

  it.each([404, 200] as const)('E-11 E-12 all are missing (%s), and each alone', async (batchAllMissing) => {
    await using s = await simulate({ quirks: { batchAllMissing } })
    s.fill(2, 2)
    s.world.dissolve('100')
    s.world.dissolve('101')
    expect(kinds(await s.vendor.details(hints(2), s.signal))).toEqual(['missing', 'missing'])
    expect(kinds(await readDetails(s.vendor, hints(2), s.signal))).toEqual(['gone', 'gone'])
    expect(kinds(await readDetails(s.vendor, [{ groupId: '100' }], s.signal))).toEqual(['failed'])
  })

  it('E-12 a gateway’s 404 is no word about a group', async () => {
    await using s = await simulate({ quirks: { errorBody: 'html' } })
    s.fill(1, 1)
    s.world.dissolve('100')
    expect(kinds(await readDetails(s.vendor, hints(1), s.signal))).toEqual(['failed'])
  })

  it('E-13 101 ids in 100 + 1', async () => {
    await using s = await simulate()
    s.fill(101, 2)
    const batches = s.vendor.pack(hints(101))
    expect(batches.map((batch) => batch.length)).toEqual([100, 1])
    const answers = (await Promise.all(batches.map((batch) => s.vendor.details(batch, s.signal)))).flat()
    expect(answers.filter(({ kind }) => kind === 'found')).toHaveLength(101)
  })

  it('E-14 affiliations cut off are not taken for the whole', async () => {
    await using s = await simulate({ quirks: { affiliationsCap: 30 } })
    s.fill(1, 120)
    const [answer] = await s.vendor.details(hints(1), s.signal)
    expect(answer).toMatchObject({ kind: 'found', members: null, group: { memberCount: 120 } })
    expect(await s.walk('100')).toMatchObject({ complete: true, members: { length: 120 } })
  })

  it.each(['now', '2023'] as const)('E-15 X-07 decodes in the shape of %s', async (detailShape) => {
    await using s = await simulate({ quirks: { detailShape, unknownFields: true, disabledGroups: new Set(['100']) } })
    s.world.createGroup({ groupId: '100', type: 'Private', name: 'A', introduction: 'hi', muteAll: true })
    s.world.join('100', 'u0', { role: 'Owner' })
    const avatar = detailShape === 'now' ? { avatar: 'https://img.example/100.png' } : {}
    expect(await s.groupOf('100')).toMatchObject({
      type: 'private',
      name: 'A',
      ownerId: 'u0',
      memberCount: 1,
      muteAll: true,
      joinMode: 'closed',
      attributes: { description: 'hi', disabled: true, ...avatar },
    })
  })

  it('a group without an owner has none, one of nobody is proven at once', async () => {
    for (const ownerless of ['empty', 'absent'] as const) {
      await using s = await simulate({ quirks: { ownerless } })
      s.fill(1, 0)
      expect(await s.vendor.details(hints(1), s.signal)).toMatchObject([{ group: { ownerId: null }, members: [] }])
    }
  })
})

describe('members', () => {
  it.each([
    [1000, 3],
    [100, 26],
  ])('E-16 2,500 members, %i a page', async (pageCap, pages) => {
    await using s = await simulate({ quirks: { pageCap } })
    s.fill(1, 2500)
    await s.vendor.memberPage(await s.groupOf('100'), { kind: 'page', page: 1 }, 1000, s.signal)
    s.sim.clearSeen()
    const { complete, members, passes } = await s.walk('100')
    expect([complete, passes, new Set(members.map(({ accountId }) => accountId)).size]).toEqual([true, 1, 2500])
    expect(members.filter(({ role }) => role === 'owner').map(({ accountId }) => accountId)).toEqual(['u0'])
    expect(members[7]?.joinedAt).toBe(s.clock.at)
    expect(s.asked('groupMembers')).toBe(pages)
  })

  it('E-18 a page behind the end is empty', async () => {
    await using s = await simulate()
    s.fill(1, 3)
    const page = await s.vendor.memberPage(await s.groupOf('100'), { kind: 'page', page: 9 }, 1000, s.signal)
    expect(page).toEqual({ rows: [], bad: [], memberCount: null, next: null })
  })

  it('E-20 owner, admins and mutes, each once; a time of 12 digits is none', async () => {
    await using s = await simulate({ quirks: { userCase: 'mixed', shortJoinedTime: true } })
    const forEver = Number.POSITIVE_INFINITY
    s.world.createGroup({ groupId: '100', type: 'Public' })
    s.world.join('100', 'user1', { role: 'Owner' })
    s.world.join('100', 'user2', { mutedUntil: forEver })
    s.world.join('100', 'user3', { role: 'Admin', mutedUntil: s.clock.at + 5000 })
    s.world.join('100', 'user4', { mutedUntil: s.clock.at - 5000 })
    const { complete, members } = await s.walk('100')
    expect(complete).toBe(true)
    expect(members.map((row) => [row.accountId, row.role, row.mutedUntil, row.joinedAt])).toEqual([
      ['user1', 'owner', null, undefined],
      ['user2', 'member', forEver, undefined],
      ['user3', 'admin', s.clock.at + 5000, undefined],
      ['user4', 'member', null, undefined],
    ])
  })

  it('somebody who leaves between two pages makes the walk begin again', async () => {
    await using s = await simulate({ quirks: { pageCap: 100 } })
    s.fill(1, 250)
    let left = false
    s.sim.onPage(({ endpoint, page }) => {
      if (endpoint !== 'groupMembers' || page !== 0 || left) return
      left = true
      s.world.leave('100', 'u5')
    })
    const { complete, members, passes } = await s.walk('100')
    expect([complete, passes, members.length]).toEqual([true, 2, 249])
  })

  it('E-22 E-23 is_joined: out, in, and no word about a group that is not there', async () => {
    for (const isJoinedNonMember of [false, 404] as const) {
      await using s = await simulate({ quirks: { isJoinedNonMember } })
      s.fill(1, 20)
      const group = await s.groupOf('100')
      const accounts = Array.from({ length: 40 }, (_, n) => `u${n}`)
      const found = await s.vendor.confirm?.(group, accounts, s.signal)
      expect([...(found ?? [])]).toEqual(accounts.map((account, n) => [account, n < 20 ? 'in' : 'out']))
      s.world.dissolve('100')
      expect([...((await s.vendor.confirm?.(group, ['u0'], s.signal)) ?? [])]).toEqual([['u0', 'unknown']])
    }
  })

  it('E-32 “user doesn’t exist in group” is not about the group', async () => {
    await using s = await simulate({ quirks: { isJoinedNonMember: 404 } })
    s.fill(1, 2)
    const group = await s.groupOf('100')
    expect([...((await s.vendor.confirm?.(group, ['u9'], s.signal)) ?? [])]).toEqual([['u9', 'out']])
    expect(kinds(await s.vendor.details(hints(1), s.signal))).toEqual(['found'])
  })

  it('a group dissolved in the middle of its walk is gone', async () => {
    await using s = await simulate({ quirks: { pageCap: 100 } })
    s.fill(1, 250)
    s.sim.onPage(({ endpoint }) => {
      if (endpoint === 'groupMembers') s.world.dissolve('100')
    })
    await expect(s.walk('100')).rejects.toMatchObject({ fault: 'gone' })
  })
})

describe('trouble', () => {
  it('E-29 reach_limit backs off and slows down', async () => {
    await using s = await simulate({ limits: { groupDetails: 5 } })
    s.fill(1, 1)
    const answers = await Promise.all(Array.from({ length: 12 }, () => s.vendor.details(hints(1), s.signal)))
    expect(kinds(answers.flat())).toEqual(Array(12).fill('found'))
    expect(s.transport.rateLimited()).toBeGreaterThan(0)
    expect(Math.min(...s.slept)).toBeGreaterThanOrEqual(1000)
  })

  it('E-30 resource_limited stops at once', async () => {
    await using s = await simulate()
    s.sim.addFault({ name: 'resource_limited', endpoint: 'groupDetails' })
    await expect(s.vendor.details(hints(1), s.signal)).rejects.toMatchObject({
      fault: 'stop',
      code: 'resource_limited',
    })
    expect(s.asked('groupDetails')).toBe(1)
  })

  it.each([
    'limit503',
    'http503',
    'http502',
    'http504',
    'timeout408',
    'web_application',
    'html',
    'truncate',
    'empty',
    'reset',
  ])('E-31 %s passes', async (name) => {
    await using s = await simulate()
    s.fill(1, 1)
    await s.vendor.check(s.signal)
    s.sim.addFault({ name, times: 2 })
    expect(kinds(await s.vendor.details(hints(1), s.signal))).toEqual(['found'])
    expect(s.transport.calls()['groupDetails']).toBe(3)
  })

  it('E-31 trouble with the token passes too, and is not multiplied when it stays', async () => {
    await using s = await simulate()
    s.fill(1, 1)
    s.sim.addFault({ name: 'http502', endpoint: 'token', times: 2 })
    expect(kinds(await s.vendor.details(hints(1), s.signal))).toEqual(['found'])
    await using down = await simulate()
    down.sim.addFault({ name: 'html', endpoint: 'token' })
    await expect(down.vendor.details(hints(1), down.signal)).rejects.toMatchObject({ fault: 'stop', code: 'not JSON' })
    expect(down.sim.seen).toHaveLength(5)
  })

  it('X-08 no secret is in an error or a log, whatever fails', async () => {
    await using s = await simulate()
    const thrown: unknown[] = []
    await s.vendor.check(s.signal)
    for (const name of [
      'unauthorized',
      'invalid_grant',
      'organization_application_not_found',
      'reach_limit',
      'html',
      'reset',
    ]) {
      s.sim.addFault({ name })
      await s.vendor.check(s.signal).catch((error: unknown) => thrown.push(error))
      s.sim.clearFaults()
      s.clock.at += 60_000
      await s.vendor.check(s.signal)
    }
    expect(thrown).toHaveLength(6)
    const text = inspect([thrown, s.logged], { depth: 20, showHidden: true })
    const tokens = s.sim.seen.flatMap(({ headers }) => String(headers['authorization'] ?? '').split(' ')[1] ?? [])
    expect(new Set(tokens).size).toBeGreaterThan(1)
    for (const token of tokens) expect(text).not.toContain(token.slice(0, 20))
    expect(text).not.toContain(CONFIG.clientSecret)
  })

  it('check says what works', async () => {
    await using s = await simulate()
    expect(await s.vendor.check(s.signal)).toMatch(/answers app acme#im; the app has no groups yet$/)
    s.fill(1, 1)
    expect(await s.vendor.check(s.signal)).toMatch(/answers app acme#im$/)
  })
})
