import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { readDetails } from '../../src/sync/read-details.ts'
import { walkGroup } from '../../src/sync/walk-group.ts'
import { all, CONFIG, groupOf, hints, ids, kinds, simulate } from './yunxin.fixtures.ts'

/** The cases of the vendor's contract, by number, over real sockets against the simulated vendor. */

type Simulated = Awaited<ReturnType<typeof simulate>>
const endpoints = (s: Simulated) => s.sim.seen.map(({ endpoint }) => endpoint)
const walk = async (s: Simulated, groupId: string) => {
  const group = await groupOf(s, groupId)
  const result = await walkGroup(s.vendor, group, s.vendor.walkPlan(group) ?? { kind: 'page', pageSize: 0 }, s.signal)
  return { ...result, members: [...result.members] }
}

describe('authorization', () => {
  it.each([-360_000, 360_000])('Y-02 a clock %i ms off: signed again once, then a stop', async (ahead) => {
    await using s = await simulate()
    s.fill(['1000'], 1)
    s.clock.ahead = ahead
    const error: unknown = await s.vendor.details(hints(['1000']), s.signal).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ fault: 'stop', code: '414' })
    expect(String(error)).toMatch(/check appSecret, and the clock of this machine/)
    expect(s.sim.seen.map(({ answer }) => answer)).toEqual(['414', '414', '414']) // the third is the call that cannot be wrong
  })

  it('Y-02 a clock that is set right in time mends itself', async () => {
    await using s = await simulate()
    s.fill(['1000'], 1)
    s.sim.addFault({ name: '414', times: 1 })
    expect(kinds(await s.vendor.details(hints(['1000']), s.signal))).toEqual(['found'])
  })

  it('a wrong secret stops, naming neither key nor secret', async () => {
    await using s = await simulate({ config: { appSecret: 'another-secret-of-the-same-sort-00000' } })
    const error: unknown = await s.vendor.check(s.signal).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ fault: 'stop', code: '414' })
    expect(String(error)).not.toMatch(/fixture|another-secret/)
    expect(s.sim.seen).toHaveLength(1)
  })

  it.each([101303, 403] as const)('an unknown app key (%i) stops', async (unknownAppKeyCode) => {
    await using s = await simulate({ quirks: { unknownAppKeyCode }, config: { appKey: 'another-key' } })
    const asked = s.vendor.details(hints(['1000']), s.signal)
    await expect(asked).rejects.toMatchObject({ fault: 'stop', code: String(unknownAppKeyCode) })
    await expect(asked).rejects.toThrow('check appKey')
  })

  it('Y-03 every try has a nonce of its own', async () => {
    await using s = await simulate({ quirks: { refuseRepeatedNonce: true } })
    s.fill(['1000'], 1)
    s.sim.addFault({ name: '500', times: 3 })
    await s.vendor.details(hints(['1000']), s.signal)
    const nonces = s.sim.seen.map(({ headers }) => headers['nonce'])
    expect(nonces).toHaveLength(4)
    expect(new Set(nonces).size).toBe(4)
  })

  it('414 for one call while others are accepted is a bad parameter, not a stop', async () => {
    await using s = await simulate()
    s.fill(['1000'], 1)
    s.sim.addFault({ name: '414', endpoint: 'joinedTeams' })
    const walked = all(s.vendor.joinedGroups('u0', s.signal))
    await expect(walked).rejects.toMatchObject({ fault: 'bug', code: '414' })
    await expect(walked).rejects.toThrow('other calls are accepted')
    expect(kinds(await s.vendor.details(hints(['1000']), s.signal))).toEqual(['found'])
  })
})

describe('lists', () => {
  it('Y-04 no list of all teams: both types of every account, and doctor says so', async () => {
    await using s = await simulate()
    s.fill(['1000'], 2)
    s.fill(['2000'], 2, 'super')
    expect(s.vendor.listGroups).toBeUndefined()
    expect(await s.vendor.check(s.signal)).toMatch(/no list of all teams.*discover.accounts/)
    const listed = await all(s.vendor.joinedGroups('U1', s.signal))
    expect(listed.map(({ groupId, memberCount, self }) => [groupId, memberCount, self?.accountId, self?.role])).toEqual(
      [
        ['1000', 2, 'u1', 'admin'],
        ['2000', 2, 'u1', 'admin'],
      ],
    )
    expect(s.sim.seen.flatMap(({ query, account }) => (account === null ? [] : [query['team_type']]))).toEqual([
      '1',
      '2',
    ])
  })

  it.each(['empty', 'null', 'absent'] as const)(
    'Y-05 250 teams in three pages, the last token %s',
    async (lastToken) => {
      await using s = await simulate({ quirks: { lastToken }, config: { teamTypes: [1] } })
      s.fill(ids(250), 1)
      expect(await all(s.vendor.joinedGroups('u0', s.signal))).toHaveLength(250)
      expect(s.sim.seen.map(({ query }) => [query['limit'], query['page_token'] !== undefined])).toEqual([
        ['100', false],
        ['100', true],
        ['100', true],
      ])
    },
  )

  it('a token that repeats does not loop', async () => {
    await using s = await simulate({ quirks: { stuckToken: true }, config: { teamTypes: [1] } })
    s.fill(ids(3), 1)
    await expect(all(s.vendor.joinedGroups('u0', s.signal))).rejects.toMatchObject({ fault: 'retry', code: 'repeats' })
  })

  it('Y-07 a team of two accounts has one id', async () => {
    await using s = await simulate()
    s.fill(['1000'], 2)
    const listed = await Promise.all(['u0', 'u1'].map((account) => all(s.vendor.joinedGroups(account, s.signal))))
    expect(new Set(listed.flat().map(({ groupId }) => groupId))).toEqual(new Set(['1000']))
  })

  it('Y-08 an unknown account is told apart, and nobody else is touched', async () => {
    await using s = await simulate()
    s.fill(['1000'], 1)
    const unknown = all(s.vendor.joinedGroups('nobody', s.signal))
    await expect(unknown).rejects.toMatchObject({ fault: 'accountGone', code: '102404' })
    expect(await all(s.vendor.joinedGroups('u0', s.signal))).toHaveLength(1)
  })

  it('108311 leaves super teams out for the run and closes none', async () => {
    await using s = await simulate({ quirks: { superTeams: false } })
    s.fill(['1000'], 1)
    for (const account of ['u0', 'u0']) expect(await all(s.vendor.joinedGroups(account, s.signal))).toHaveLength(1)
    expect(s.sim.seen.map(({ query }) => query['team_type'])).toEqual(['1', '2', '1'])
    const known = [...hints(['2000', '2001'], { type: 'super' }), ...hints(['super/1000']), ...hints(['1000'])]
    const answers = (await Promise.all(s.vendor.pack(known).map((batch) => s.vendor.details(batch, s.signal)))).flat()
    expect(kinds(answers)).toEqual(['forbidden', 'forbidden', 'forbidden', 'found'])
    expect(answers[0]).toMatchObject({ reason: expect.stringContaining('super teams are not enabled') })
  })

  it('without a list before it, 108311 answers a batch of super teams', async () => {
    await using s = await simulate({ quirks: { superTeams: false } })
    const answers = await s.vendor.details(hints(['2000', '2001'], { type: 'super' }), s.signal)
    expect(kinds(answers)).toEqual(['forbidden', 'forbidden'])
    expect(kinds(await s.vendor.details(hints(['2000'], { type: 'super' }), s.signal))).toEqual(['forbidden'])
    expect(s.sim.seen).toHaveLength(1)
  })
})

describe('ids', () => {
  it.each(['number', 'string'] as const)('19 digits as a %s are kept to the digit', async (teamIdAs) => {
    await using s = await simulate({ quirks: { teamIdAs } })
    const long = ['9007199254740993', '9223372036854775807', '1000000000000000001', '1000000000000000003']
    s.fill(long, 3)
    expect((await all(s.vendor.joinedGroups('u0', s.signal))).map(({ groupId }) => groupId)).toEqual(long)
    const answers = await readDetails(s.vendor, hints([...long, '1000000000000000002']), s.signal)
    expect(answers.map((answer) => (answer.kind === 'found' ? answer.group.groupId : answer.kind))).toEqual([
      ...long,
      'gone',
    ])
    expect(await walk(s, '1000000000000000003')).toMatchObject({ complete: true, vendorCount: 3 })
  })

  it('a super team that shares its digits with an advanced team goes by super/ID', async () => {
    await using s = await simulate({ quirks: { idSpaces: 'two' } })
    s.fill(['1000'], 1)
    s.fill(['super/1000', '2000'], 2, 'super')
    const listed = await all(s.vendor.joinedGroups('u1', s.signal))
    expect(listed.map(({ groupId }) => groupId)).toEqual(['super/1000', '2000'])
    const batch = hints(['1000', 'super/1000', '2000'])
    const answers = await s.vendor.details(batch, s.signal)
    const found = answers.map((answer) => answer.kind === 'found' && [answer.group.groupId, answer.group.type])
    expect(found).toEqual([
      ['1000', 'advanced'],
      ['super/1000', 'super'],
      ['2000', 'super'],
    ])
    expect((await walk(s, 'super/1000')).members).toHaveLength(2)
    expect((await walk(s, '1000')).members).toHaveLength(1)
  })

  it('a stored team is never taken for another one with the same digits', async () => {
    await using s = await simulate({ quirks: { idSpaces: 'two' } })
    s.fill(['1000', '1001'], 1)
    s.fill(['super/1000', 'super/1001'], 2, 'super')
    await all(s.vendor.joinedGroups('u1', s.signal)) // 1001 is known to be shared, 1002 is not asked about
    s.world.dissolve('1001')
    s.fill(['super/1002'], 2, 'super')
    const stored = hints(['1001', '1002'], { type: 'advanced' })
    const answers = await readDetails(s.vendor, stored, s.signal)
    expect(answers).toMatchObject([
      { kind: 'gone', groupId: '1001' },
      { kind: 'failed', groupId: '1002', reason: expect.stringContaining('a team of type super with this id') },
    ])
  })

  it('a stored super/ID says that the digits alone are an advanced team, also when that one is gone', async () => {
    await using s = await simulate({ quirks: { idSpaces: 'two' } })
    s.fill(['super/1000'], 2, 'super')
    const wave = [...hints(['1000'], { type: 'advanced' }), ...hints(['super/1000'], { type: 'super' })]
    const answers = await Promise.all(s.vendor.pack(wave).map((batch) => readDetails(s.vendor, batch, s.signal)))
    expect(answers.flat()).toMatchObject([{ kind: 'found', group: { groupId: 'super/1000' } }, { kind: 'gone' }])
  })

  it('what can be no id is refused without a call', async () => {
    await using s = await simulate()
    const odd = ['@TGS#1', 'super/', '', '007', '12345678901234567890', 'super/x']
    expect(kinds(await readDetails(s.vendor, hints(odd), s.signal))).toEqual(odd.map(() => 'failed'))
    expect(s.sim.seen).toHaveLength(0)
  })
})

describe('details', () => {
  it.each(['team_info', 'flat', 'both'] as const)('Y-09 a single team %s', async (infoNesting) => {
    await using s = await simulate({ quirks: { infoNesting, unknownFields: true, codeAs: 'string' } })
    s.fill(['1000'], 2)
    s.world.updateGroup('1000', { muteAll: true, joinOption: 'NeedPermission', name: 'Ops' })
    expect(await groupOf(s, '1000')).toMatchObject({
      groupId: '1000',
      type: 'advanced',
      name: 'Ops',
      ownerId: 'u0',
      memberCount: 2,
      muteAll: true,
      joinMode: 'approval',
    })
  })

  it.each([
    { ownerField: true, batchOwner: true },
    { ownerField: true, batchOwner: false },
    { ownerField: false, batchOwner: false },
  ])('Y-11 the owner is the same by every way of asking: %o', async (quirks) => {
    await using s = await simulate({ quirks: { ...quirks, emptyText: 'null', chatBannedModeAs: 'string' } })
    s.fill(['1000', '1001'], 120)
    s.world.setRole('1000', 'u110', 'Owner')
    s.world.setRole('1000', 'u0', 'Member')
    const both = await s.vendor.details(hints(['1000', '1001']), s.signal)
    const one = [await groupOf(s, '1000'), await groupOf(s, '1001')]
    expect(both.map((answer) => answer.kind === 'found' && answer.group)).toEqual(one)
    expect(one.map(({ ownerId }) => ownerId)).toEqual(['u110', 'u0'])
    expect(one[0]).toMatchObject({ muteAll: false, attributes: { agree_mode: 1, invite_mode: 1 } })
  })

  it('Y-11 what the call for one team does not tell either is not asked for again and again', async () => {
    await using s = await simulate({ quirks: { ownerField: false } })
    s.fill(ids(20), 1)
    await s.vendor.details(hints(['1000']), s.signal)
    await s.vendor.details(hints(['1001', '1002']), s.signal)
    s.sim.clearSeen()
    await s.vendor.details(hints(ids(20)), s.signal)
    expect(new Set(endpoints(s))).toEqual(new Set(['teamInfoBatch', 'teamMembers']))
    expect(s.sim.seen).toHaveLength(21)
  })

  it('Y-13 108404 with HTTP 200 is gone, once the other type has been asked too', async () => {
    await using s = await simulate()
    s.fill(['1000'], 1)
    s.world.dissolve('1000')
    expect(kinds(await s.vendor.details(hints(['1000'], { type: 'advanced' }), s.signal))).toEqual(['gone'])
    expect(s.sim.seen.map(({ query }) => query['team_type'])).toEqual(['1', '2'])
  })

  it.each([108302, 108404] as const)('Y-14 an id of unknown type is tried as both (%i)', async (wrongTypeCode) => {
    await using s = await simulate({ quirks: { wrongTypeCode } })
    s.fill(['2000'], 2, 'super')
    expect(await groupOf(s, '2000')).toMatchObject({ type: 'super', memberCount: 2 })
    expect(await readDetails(s.vendor, hints(['2000', '2001']), s.signal)).toMatchObject([
      { kind: 'found', group: { type: 'super' } },
      { kind: 'gone' },
    ])
    expect((await walk(s, '2000')).members).toHaveLength(2)
  })

  it('Y-14 108302 under the stored type leads to the other one, and ends nothing where that one is not wanted', async () => {
    await using s = await simulate()
    s.fill(['2000'], 1, 'super')
    const wrong = hints(['2000'], { type: 'advanced' })
    expect(await s.vendor.details(wrong, s.signal)).toMatchObject([{ kind: 'found', group: { type: 'super' } }])
    await using only = await simulate({ config: { teamTypes: [1] } })
    only.fill(['2000'], 1, 'super')
    expect(await only.vendor.details(wrong, only.signal)).toMatchObject([{ kind: 'failed' }])
  })

  it('Y-16 Y-18 31 advanced and 21 super teams: split 30 / 20, ids as a JSON array of numbers', async () => {
    await using s = await simulate({ quirks: { batchOwner: true } })
    s.fill(ids(31), 1)
    s.fill(ids(21, 5000), 1, 'super')
    const batches = s.vendor.pack([...hints(ids(31), { type: 'advanced' }), ...hints(ids(21, 5000), { type: 'super' })])
    expect(batches.map((batch) => batch.length)).toEqual([20, 1, 30, 1])
    const answers = (await Promise.all(batches.map((batch) => s.vendor.details(batch, s.signal)))).flat()
    expect(answers.filter(({ kind }) => kind === 'found')).toHaveLength(52)
    s.sim.clearSeen()
    expect(kinds(await s.vendor.details(hints(['1000', '1001']), s.signal))).toEqual(['found', 'found'])
    expect(s.sim.seen.map(({ query }) => query['team_ids'])).toEqual(['[1000,1001]'])
    s.sim.clearSeen()
    expect(kinds(await s.vendor.details([...hints(ids(31)), ...hints(ids(21, 5000))], s.signal))).not.toContain(
      'failed',
    )
    expect(s.sim.seen.map(({ answer }) => answer)).toEqual(['200', '200', '200', '200'])
  })

  it('Y-16 108314 asks for less', async () => {
    await using s = await simulate()
    s.sim.addFault({ name: '108314' })
    await expect(s.vendor.details(hints(['1', '2']), s.signal)).rejects.toMatchObject({ fault: 'tooBig' })
  })

  it.each([200, 108404] as const)(
    'Y-17 invalid ids are suspects, asked alone; all invalid: %i',
    async (batchAllInvalid) => {
      await using s = await simulate({ quirks: { batchAllInvalid } })
      s.fill(['1000', '1001', '1002'], 1)
      s.world.dissolve('1001')
      const some = hints(['1000', '1001'], { type: 'advanced' })
      expect(kinds(await s.vendor.details(some, s.signal))).toEqual(['found', 'missing'])
      expect(kinds(await readDetails(s.vendor, some, s.signal))).toEqual(['found', 'gone'])
      s.world.dissolve('1000')
      expect(kinds(await readDetails(s.vendor, some, s.signal))).toEqual(['gone', 'gone'])
      const configured = [{ groupId: '77' }, { groupId: '1002' }]
      expect(await readDetails(s.vendor, configured, s.signal)).toMatchObject([
        { kind: 'failed', reason: expect.stringContaining('check the id') },
        { kind: 'found' },
      ])
    },
  )

  it('a team of nobody needs no walk, every other does', async () => {
    await using s = await simulate()
    s.fill(['1000'], 0)
    s.fill(['1001'], 1)
    expect(await s.vendor.details(hints(['1000', '1001']), s.signal)).toMatchObject([
      { members: [] },
      { members: null },
    ])
  })
})

describe('members', () => {
  it('Y-19 250 members in three pages, the earliest first', async () => {
    await using s = await simulate()
    s.fill(['1000'], 250)
    s.world.updateMember('1000', 'u7', { mutedUntil: s.clock.at + 60_000, nameCard: 'Seven' })
    const { members, ...result } = await walk(s, '1000')
    expect(result).toMatchObject({ complete: true, vendorCount: 250, passes: 1, bad: [] })
    expect(members.map(({ accountId }) => accountId)).toEqual(Array.from({ length: 250 }, (_, n) => `u${n}`))
    expect(members.slice(0, 3).map(({ role }) => role)).toEqual(['owner', 'admin', 'member'])
    expect(members[7]).toMatchObject({
      nameCard: 'Seven',
      mutedUntil: Number.POSITIVE_INFINITY,
      joinedAt: s.clock.at - 1_000_000 + 7000,
    })
    const pages = s.sim.seen.filter(({ endpoint }) => endpoint === 'teamMembers')
    expect(pages.map(({ query }) => [query['descending'], query['limit']])).toEqual(Array(3).fill(['false', '100']))
  })

  it('accounts come in lower case', async () => {
    await using s = await simulate()
    s.world.createGroup({ groupId: '1000' })
    s.world.join('1000', 'Bob', { role: 'Owner' })
    expect((await walk(s, '1000')).members).toMatchObject([{ accountId: 'bob' }])
    expect(await groupOf(s, '1000')).toMatchObject({ ownerId: 'bob' })
  })

  it('Y-21 a count that does not fit: read again, then unfit for departures', async () => {
    await using s = await simulate({ quirks: { countField: false } })
    s.fill(['1000'], 3)
    expect(await walk(s, '1000')).toMatchObject({ complete: true, passes: 2, vendorCount: null })
    await using moving = await simulate({ quirks: { tokens: 'offset' } })
    moving.fill(['1000'], 150)
    const off = moving.sim.onPage(({ endpoint, page }) => {
      if (endpoint === 'teamMembers' && page === 0) moving.world.leave('1000', 'u5')
      off()
    })
    const group = await groupOf(moving, '1000')
    const result = await walkGroup(moving.vendor, group, { kind: 'token', pageSize: 100 }, moving.signal)
    expect(result).toMatchObject({ complete: true, passes: 2, vendorCount: 149 })
  })

  it('Y-22 there is no call about one member: a second walk decides', async () => {
    await using s = await simulate()
    expect(s.vendor.confirm).toBeUndefined()
  })

  it('a team that goes away under the walk is gone; a wrong type or a refusal is not', async () => {
    await using s = await simulate()
    s.fill(['1000', '1001'], 1)
    const [group, other] = [await groupOf(s, '1000'), await groupOf(s, '1001')]
    s.world.dissolve('1000')
    await expect(s.vendor.memberPage(group, { kind: 'token', token: null }, 100, s.signal)).rejects.toMatchObject({
      fault: 'gone',
    })
    for (const [name, fault] of [
      ['108302', 'bug'],
      ['109404', 'memberGone'],
      ['109427', 'forbidden'],
      ['403', 'forbidden'],
    ]) {
      s.sim.addFault({ name: name ?? '', times: 1 })
      const page = s.vendor.memberPage(other, { kind: 'token', token: null }, 100, s.signal)
      await expect(page).rejects.toMatchObject({ fault })
    }
  })
})

describe('trouble', () => {
  it('Y-24 X-06 416 is waited out', async () => {
    await using s = await simulate({ limits: { teamInfo: 1 } })
    s.fill(['1000'], 1)
    for (let n = 0; n < 3; n++) await s.vendor.details(hints(['1000']), s.signal)
    expect(s.transport.rateLimited()).toBeGreaterThan(0)
    expect(Math.min(...s.slept)).toBeGreaterThanOrEqual(1000)
  })

  it('Y-24 the limiter keeps clear of it', async () => {
    await using s = await simulate({ limits: { teamInfo: 2 }, rates: { teamInfo: 2 } })
    s.fill(['1000'], 1)
    for (let n = 0; n < 6; n++) await s.vendor.details(hints(['1000']), s.signal)
    expect(s.transport.rateLimited()).toBe(0)
  })

  it.each(['449', '108449', '109449', '500', '503', '511', 'http502', 'html', 'truncate', 'reset', 'empty'])(
    'Y-25 %s passes',
    async (name) => {
      await using s = await simulate()
      s.fill(['1000'], 1)
      await s.vendor.check(s.signal)
      s.sim.addFault({ name, times: 2 })
      expect(kinds(await s.vendor.details(hints(['1000']), s.signal))).toEqual(['found'])
      expect(s.transport.calls()).toEqual({ teamInfo: 4 })
    },
  )

  it('X-08 no secret is in an error or a log, whatever fails', async () => {
    await using s = await simulate()
    const thrown: unknown[] = []
    for (const name of ['414', '403', '101303', '109427', 'html', 'reset', 'http502']) {
      s.sim.addFault({ name })
      await groupOf(s, '1000').catch((error: unknown) => thrown.push(error))
      s.sim.clearFaults()
    }
    expect(thrown).toHaveLength(7)
    const text = inspect([thrown, s.logged], { depth: 20, showHidden: true })
    for (const { headers } of s.sim.seen) expect(text).not.toContain(headers['checksum'])
    for (const secret of [CONFIG.appSecret, CONFIG.appKey]) expect(text).not.toContain(secret)
  })
})
