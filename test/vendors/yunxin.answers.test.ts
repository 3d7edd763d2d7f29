import { describe, expect, it } from 'vitest'
import { all, CONFIG, groupOf, hints, kinds, NOW, no, ok, scripted, team } from './yunxin.fixtures.ts'

/** Answers that no simulator gives, and how each code is met. */

const alone = (id = '17889') => hints([id], { type: 'advanced' })
const start = { kind: 'token', token: null } as const
const DATE = { date: new Date(NOW + 400_000).toUTCString() }

describe('codes', () => {
  it.each([
    [404, 'bug'],
    [416, 'rateLimited'],
    [449, 'retry'],
    [500, 'retry'],
    [503, 'retry'],
    [511, 'retry'],
    [514, 'retry'],
    [398, 'retry'],
    [101301, 'stop'],
    [101303, 'stop'],
    [102404, 'accountGone'],
    [102422, 'accountGone'],
    [102449, 'retry'],
    [108314, 'tooBig'],
    [108406, 'bug'],
    [109404, 'memberGone'],
    [109427, 'forbidden'],
    [109432, 'forbidden'],
    [109449, 'retry'],
    [123456, 'retry'],
    ['109432', 'forbidden'],
  ])('%s is %s', async (code, fault) => {
    const { vendor, signal } = scripted([no(code)])
    await expect(vendor.details(alone(), signal)).rejects.toMatchObject({ fault, code: String(code) })
  })

  it.each([
    [
      { status: 429, headers: { 'retry-after': '3' } },
      { fault: 'rateLimited', waitMs: 3000 },
    ],
    [{ status: 502 }, { fault: 'retry' }],
    [{ status: 404, text: '<html>' }, { fault: 'stop' }],
    [{ status: 403, text: JSON.stringify(no(108404)) }, { fault: 'stop' }],
    [{ text: '<html>' }, { fault: 'retry', code: 'not JSON' }],
    [{ text: '{"error":"no such vendor"}' }, { fault: 'retry', code: 'no code' }],
    [{ text: '' }, { fault: 'retry' }],
  ])('HTTP %o is %o', async (answer, error) => {
    const { vendor, signal } = scripted([answer])
    await expect(vendor.details(alone(), signal)).rejects.toMatchObject(error)
  })

  it('a host that has answered before has a bad moment', async () => {
    const { vendor, signal } = scripted([ok({ team_info: team() }), { status: 404, text: '<html>' }])
    await groupOf({ vendor, signal }, '17889')
    await expect(vendor.details(alone(), signal)).rejects.toMatchObject({ fault: 'retry', code: 'HTTP 404' })
  })

  it('414: a clock that is off by the Date of the answer is named', async () => {
    const bad = { text: JSON.stringify(no(414, 'parameter error')), headers: DATE }
    const { vendor, signal } = scripted([bad, bad])
    const asked = vendor.details(alone(), signal)
    await expect(asked).rejects.toMatchObject({ fault: 'stop', code: '414' })
    await expect(asked).rejects.toThrow(/appSecret.*clock of this machine is 400 s behind/)
  })

  it('403 for one team is forbidden while others are read', async () => {
    const { vendor, signal } = scripted([no(403), ok({ team_info: team({ team_id: 1 }) })])
    await expect(vendor.details(alone(), signal)).rejects.toMatchObject({ fault: 'forbidden' })
  })

  it('headers and paths are those of the document', async () => {
    const { vendor, signal, asked } = scripted([ok({ team_info: team() })])
    await groupOf({ vendor, signal }, '17889')
    expect(asked[0]?.url.href).toBe('https://open.yunxinapi.com/im/v2.1/teams/17889?team_type=1')
    expect(asked[0]?.headers).toEqual({
      AppKey: CONFIG.appKey,
      Nonce: expect.stringMatching(/^[0-9a-f]{32}$/),
      CurTime: String(NOW / 1000),
      CheckSum: expect.stringMatching(/^[0-9a-f]{40}$/),
      'Content-Type': 'application/json;charset=utf-8',
    })
  })

  it('Y-18 the ids of a batch are one escaped JSON array', async () => {
    const { vendor, signal, asked } = scripted([ok({ team_info_list: [team()], invalid_tids: [17890] })])
    expect(kinds(await vendor.details(hints(['17889', '17890']), signal))).toEqual(['found', 'missing'])
    expect(asked[0]?.url.search).toBe('?team_type=1&team_ids=%5B17889%2C17890%5D')
  })
})

describe('odd answers about teams', () => {
  it.each([
    [{}, 'failed'],
    [{ team_info: team({ team_id: 1 }) }, 'failed'],
    [{ team_info: team({ team_id: undefined }) }, 'failed'],
    [null, 'failed'],
    [team(), 'found'],
    [{ team_info: null, ...team({ team_id: '17889' }) }, 'found'],
    [{ team_info: team({ team_type: 1 }) }, 'found'],
  ])('%o alone: %s', async (data, kind) => {
    const { vendor, signal } = scripted([ok(data)])
    expect(kinds(await vendor.details(alone(), signal))).toEqual([kind])
  })

  it.each([
    [[[no(108404), no(108404)]], 'gone'],
    [[[no(108404), no(108311)]], 'gone'],
    [[[no(108404), no(108302)]], 'failed'],
    [[[no(108404), ok({ team_info: team() })]], 'failed'],
    [[[no(108404), ok({})]], 'failed'],
    [[[no(108302), no(108404)]], 'failed'],
    [[[no(108302), no(108311)]], 'forbidden'],
    [[[no(108302), no(108302)]], 'failed'],
    [[[no(108302), ok({ team_info: team() })]], 'found'],
    [[[ok({ team_info: team({ team_type: 2 }) }), ok({ team_info: team({ team_type: 2 }) })]], 'found'],
  ])('a stored advanced team answered %j: %s', async ([answers], kind) => {
    const { vendor, signal, left } = scripted(answers ?? [])
    expect(kinds(await vendor.details(alone(), signal))).toEqual([kind])
    expect(left).toEqual([])
  })

  it('of unknown type and seen before: without super teams 108404 is no last word', async () => {
    const { vendor, signal } = scripted([no(108404), no(108311)])
    expect(kinds(await vendor.details(hints(['17889']), signal))).toEqual(['failed'])
  })

  it('rows nobody asked for, rows twice and rows both found and invalid', async () => {
    const list = [
      team(),
      team({ team_id: 5 }),
      team({ team_id: 2 }),
      team({ team_id: 2 }),
      team({ team_id: 3 }),
      'x',
      null,
    ]
    const { vendor, signal } = scripted([ok({ team_info_list: list, invalid_tids: ['3'] })])
    expect(kinds(await vendor.details(hints(['17889', '2', '3', '4']), signal))).toEqual([
      'found',
      'missing',
      'missing',
      'missing',
    ])
  })

  it('a batch without configurations is completed by the calls for single teams', async () => {
    const bare = team({ configuration: undefined })
    const { vendor, signal, asked } = scripted([ok({ team_info_list: [bare] }), ok({ team_info: team() })])
    const answers = await vendor.details(hints(['17889', '17890']), signal)
    expect(answers).toMatchObject([{ kind: 'found', group: { joinMode: 'free' } }, { kind: 'missing' }])
    expect(asked.map(({ endpoint }) => endpoint)).toEqual(['teamInfoBatch', 'teamInfo'])
  })

  it('trouble with one of a batch fails that one; a stop stops all', async () => {
    const bare = team({ owner_account_id: undefined })
    const batch = ok({ team_info_list: [bare, team({ team_id: 2 })] })
    const one = scripted([batch, no(500)])
    expect(kinds(await one.vendor.details(hints(['17889', '2']), one.signal))).toEqual(['failed', 'found'])
    const all = scripted([batch, no(101301)])
    await expect(all.vendor.details(hints(['17889', '2']), all.signal)).rejects.toMatchObject({ fault: 'stop' })
  })
})

describe('odd answers of lists', () => {
  const advanced = { ...CONFIG, teamTypes: [1] } as const

  it.each([
    [{ has_more: true, next_token: '' }],
    [{ has_more: true }],
    [{ has_more: true, next_token: null }],
    [{ has_more: 'perhaps', next_token: 'x' }],
  ])('%o is broken', async (end) => {
    const { vendor, signal } = scripted([ok({ team_info_list: [team()], ...end })], advanced)
    await expect(all(vendor.joinedGroups('alice', signal))).rejects.toMatchObject({ fault: 'retry', code: 'paging' })
  })

  it.each([
    [{ has_more: false, next_token: 'left-over' }, 1],
    [{ has_more: 0 }, 1],
    [{}, 1],
    [{ has_more: 1, next_token: 'a+b/c=' }, 2],
    [{ next_token: 'a+b/c=' }, 2],
  ])('%o: %i page(s)', async (end, pages) => {
    const last = ok({ team_info_list: [team({ team_id: 5 })], has_more: false })
    const { vendor, signal, asked } = scripted([ok({ team_info_list: [team()], ...end }), last], advanced)
    expect(await all(vendor.joinedGroups('al/ice', signal))).toHaveLength(pages)
    expect(asked).toHaveLength(pages)
    expect(asked[0]?.url.pathname).toBe('/im/v2.1/team_members/al%2Fice/actions/joined_teams')
    if (pages === 2) expect(asked[1]?.url.search).toContain('&page_token=a%2Bb%2Fc%3D')
  })

  it('a list without rows, and rows that are no teams', async () => {
    const { vendor, signal } = scripted([ok({ has_more: false }), ok({ team_info_list: ['x', {}, { team_id: 'y' }] })])
    expect(await all(vendor.joinedGroups('alice', signal))).toEqual([])
  })

  it('bad rows of a member page are kept apart, and bad ends are errors', async () => {
    const rows = [{ account_id: 'a', member_role: 0, join_time: 1 }, { account_id: 'b', member_role: 9 }, null]
    const { vendor, signal } = scripted([
      ok({ team_info: team() }),
      ok({ items: rows, has_more: true, next_token: 'n' }),
      ok({ items: rows, has_more: true, next_token: '' }),
    ])
    const group = await groupOf({ vendor, signal }, '17889')
    expect(await vendor.memberPage(group, start, 100, signal)).toMatchObject({
      rows: [{ accountId: 'a', role: 'member', joinedAt: 1 }],
      bad: [{ accountId: 'b', field: 'member_role' }, { accountId: null }],
      memberCount: null,
      next: 'n',
    })
    await expect(vendor.memberPage(group, start, 100, signal)).rejects.toMatchObject({ fault: 'retry' })
  })
})
