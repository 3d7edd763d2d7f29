import { expect, test } from 'vitest'
import { yunxinSimulator } from './yunxinClient.ts'

type World = Awaited<ReturnType<typeof yunxinSimulator>>['world']
const LONG = '9007199254740993019'

function fill(world: World, groupId: string, size: number, type = 'Public') {
  world.createGroup({ groupId, type })
  for (let n = 0; n < size; n++) world.join(groupId, `u${n}`, { role: n === 0 ? 'Owner' : 'Member' })
}
const accounts = (data: { items: { account_id: string }[] }) => data.items.map((row) => row.account_id)
const encoded = (token: string) => encodeURIComponent(token)

test('one team: nested, flat or both; ids to the last digit', async () => {
  await using sim = await yunxinSimulator()
  fill(sim.world, LONG, 2)
  sim.world.updateGroup(LONG, { introduction: 'about', muteAll: true, joinOption: 'DisableApply', custom: { a: '1' } })
  const team = () => sim.get(`/teams/${LONG}?team_type=1`)
  const nested = await team()
  expect(nested).toMatchObject({ status: 200, code: 200, json: { msg: 'success' } })
  expect(nested.text).toContain(`"team_id":${LONG},`)
  const info = {
    team_id: expect.any(Number),
    team_type: 1,
    owner_account_id: 'u0',
    member_count: 2,
    name: LONG,
    icon: null,
    announcement: null,
    intro: 'about',
    members_limit: 2000,
    server_extension: '{"a":"1"}',
    customer_extension: '',
    create_time: Date.UTC(2024, 0, 1),
    update_time: Date.UTC(2024, 0, 1),
    configuration: {
      join_mode: 2,
      agree_mode: 1,
      invite_mode: 1,
      update_team_info_mode: 0,
      update_extension_mode: 0,
      chat_banned_mode: 1,
    },
  }
  expect(nested.data).toEqual({ team_info: info })
  const { team_type: _type, ...flat } = info
  sim.app.quirks = { infoNesting: 'flat' }
  expect((await team()).data).toEqual(flat)
  sim.app.quirks = { infoNesting: 'both' }
  expect((await team()).data).toEqual({ ...flat, team_info: info })
  sim.app.quirks = {
    teamIdAs: 'string',
    chatBannedModeAs: 'string',
    chatBannedModeOn: 3,
    ownerField: false,
    countField: false,
    emptyText: 'empty',
    codeAs: 'string',
    unknownFields: true,
  }
  const odd = await team()
  expect(odd.code).toBe('200')
  expect(odd.data.team_info).toMatchObject({ team_id: LONG, icon: '', configuration: { chat_banned_mode: '3' } })
  expect(odd.data.team_info).toHaveProperty('x_future_field')
  for (const field of ['owner_account_id', 'member_count']) expect(odd.data.team_info).not.toHaveProperty(field)
})

test('team types: required, super teams off, the wrong type, one id space or two', async () => {
  await using sim = await yunxinSimulator()
  fill(sim.world, '7', 1)
  fill(sim.world, '8', 2, 'super')
  fill(sim.world, 'super/7', 3, 'super')
  fill(sim.world, '9', 1)
  sim.world.dissolve('9')
  const code = async (id: string, type: string) => (await sim.get(`/teams/${id}?team_type=${type}`)).code
  expect((await sim.get('/teams/7')).code).toBe(414)
  expect([await code('7', '3'), await code('x', '1'), await code('1'.repeat(20), '1')]).toEqual([414, 414, 414])
  expect([await code('8', '2'), await code('8', '1'), await code('9', '1'), await code('99', '1')]).toEqual([
    200, 108302, 108404, 108404,
  ])
  const twin = await sim.get('/teams/7?team_type=2')
  expect(twin.data.team_info).toMatchObject({ team_id: 7, team_type: 2, member_count: 3 })
  expect((await sim.get('/teams/7?team_type=1')).data.team_info).toMatchObject({ team_type: 1, member_count: 1 })
  expect(sim.simulator.seen.map((seen) => seen.groupIds[0]).slice(-2)).toEqual(['super/7', '7'])
  sim.app.quirks = { idSpaces: 'two' }
  expect(await code('8', '1')).toBe(108404)
  sim.app.quirks = { wrongTypeCode: 108404, superTypes: new Set(['public']) }
  expect([await code('8', '2'), await code('8', '1')]).toEqual([108404, 200])
  sim.app.quirks = { superTeams: false }
  expect([await code('8', '2'), await code('99', '2'), await code('7', '1')]).toEqual([108311, 108311, 200])
  for (const path of ['/teams/8/actions/list_members', '/team_members/u0/actions/joined_teams', '/teams'])
    expect((await sim.get(`${path}?team_type=2&team_ids=[8]`)).code).toBe(108311)
})

test('a batch: ids as JSON text, what is invalid, how many, and owners left out', async () => {
  await using sim = await yunxinSimulator({ shuffleBatch: false })
  fill(sim.world, '7', 1)
  fill(sim.world, '8', 1, 'super')
  fill(sim.world, LONG, 1)
  const batch = (ids: string, type = 1) => sim.get(`/teams?team_type=${type}&team_ids=${encodeURIComponent(ids)}`)
  const { data, text } = await batch(`[7,8,99,${LONG}]`)
  expect(data).toMatchObject({ team_info_list: [{ team_id: 7, member_count: 1 }, {}], invalid_tids: [8, 99] })
  expect(data.team_info_list[0]).not.toHaveProperty('owner_account_id')
  expect(text).toContain(`"team_id":${LONG},`)
  expect((await batch(`[${LONG.slice(0, -1)}7]`)).text).toContain(`"invalid_tids":[${LONG.slice(0, -1)}7]`)
  expect((await batch('["7"]')).data.team_info_list).toHaveLength(1)
  expect((await batch('[99]')).data).toEqual({ team_info_list: [], invalid_tids: [99] })
  sim.app.quirks = { batchAllInvalid: 108404, batchOwner: true }
  expect((await batch('[99]')).code).toBe(108404)
  expect((await batch('[7]')).data.team_info_list[0]).toMatchObject({ owner_account_id: 'u0' })
  const ids = (n: number) => JSON.stringify(Array.from({ length: n }, (_, at) => at + 1))
  expect([(await batch(ids(30))).code, (await batch(ids(31))).code]).toEqual([200, 108314])
  expect([(await batch(ids(20), 2)).code, (await batch(ids(21), 2)).code]).toEqual([200, 108314])
  for (const wrong of ['', '[]', '7,8', '[7', '{}']) expect((await batch(wrong)).code, wrong).toBe(414)
})

test('members in order of join time, walked by token to has_more false', async () => {
  await using sim = await yunxinSimulator()
  fill(sim.world, '7', 250)
  sim.world.join('7', 'Early', { joinedAt: 1506652312445 })
  const page = (query: string) => sim.get(`/teams/7/actions/list_members?team_type=1&limit=100&${query}`)
  const seen: string[] = []
  let token = ''
  const ends: unknown[] = []
  do {
    const { data } = await page(`page_token=${encoded(token)}`)
    seen.push(...accounts(data))
    ends.push(data.has_more)
    token = data.next_token
  } while (token !== '')
  expect(ends).toEqual([true, true, false])
  expect(seen.slice(0, 3)).toEqual(['early', 'u0', 'u1'])
  expect(new Set(seen).size).toBe(251)
  const down = (await page('descending=true')).data
  expect(accounts(down).slice(0, 2)).toEqual(['u249', 'u248'])
  const next = (await page(`descending=true&page_token=${encoded(down.next_token)}`)).data
  expect(accounts(next)[0]).toBe('u149')
  expect(down.next_token).toMatch(/\+/)
  const wrong = [
    'limit=101',
    'limit=0',
    `page_token=${down.next_token}`,
    `page_token=${encoded(down.next_token)}`,
    'page_token=x',
  ]
  for (const query of wrong)
    expect((await sim.get(`/teams/7/actions/list_members?team_type=1&${query}`)).code, query).toBe(414)
  const last = async () => (await page('limit=100&member_type=1')).data
  expect(await last()).toMatchObject({ has_more: false, next_token: '' })
  sim.app.quirks = { lastToken: 'null' }
  expect((await last()).next_token).toBeNull()
  sim.app.quirks = { lastToken: 'absent' }
  expect(await last()).not.toHaveProperty('next_token')
})

test('a walk is not shifted by who leaves, unless tokens are places; a stuck token; the offset of one SDK', async () => {
  await using sim = await yunxinSimulator()
  const walk = async () => {
    const seen: string[] = []
    let token = ''
    for (let n = 0; n < 4; n++) {
      const { data } = await sim.get(`/teams/7/actions/list_members?team_type=1&limit=2&page_token=${encoded(token)}`)
      seen.push(...accounts(data))
      if (!data.has_more) break
      token = data.next_token
    }
    return seen
  }
  fill(sim.world, '7', 5)
  const pages: unknown[] = []
  const unhook = sim.simulator.onPage((info) => {
    pages.push(info)
    if (info.page === 0) {
      sim.world.leave('7', sim.world.listMembers('7')[1]?.accountId ?? '')
      sim.world.join('7', `late${sim.world.events.length}`)
    }
  })
  expect(await walk()).toEqual(['u0', 'u1', 'u2', 'u3', 'u4', expect.stringMatching(/^late/)])
  const info = { app: 'yun', endpoint: 'teamMembers', groupId: '7' }
  expect(pages).toEqual([0, 1, 2].map((page) => ({ ...info, page, offset: page * 2 })))
  sim.app.quirks = { tokens: 'offset' }
  expect(await walk()).toEqual(['u0', 'u2', 'u4', expect.any(String), expect.any(String)])
  unhook()
  sim.app.quirks = { stuckToken: true }
  expect(await walk()).toEqual(['u0', 'u3', 'u0', 'u3', 'u0', 'u3', 'u0', 'u3'])
  const offset = async () =>
    accounts((await sim.get('/teams/7/actions/list_members?team_type=1&limit=2&offset=2')).data)[0]
  sim.app.quirks = {}
  expect(await offset()).toBe('u0')
  sim.app.quirks = { offsetParam: true }
  expect(await offset()).toBe('u4')
  sim.app.quirks = { pageCap: 1 }
  const short = await sim.get('/teams/7/actions/list_members?team_type=1&limit=100')
  expect(short.data).toMatchObject({ has_more: true, items: [{ account_id: 'u0' }] })
})

test('member fields, roles and filters', async () => {
  await using sim = await yunxinSimulator()
  const { world } = sim
  fill(world, '7', 3)
  world.setRole('7', 'u1', 'Admin')
  world.join('7', 'Bob', {
    nameCard: `</b> "O'B" \u202e👩‍👩‍👧‍👦`,
    custom: { text: 'a\u0000b' },
    mutedUntil: Number.POSITIVE_INFINITY,
  })
  world.updateMember('7', 'u2', { mutedUntil: Date.UTC(2023, 0, 1) })
  const page = async (query: string) => (await sim.get(`/teams/7/actions/list_members?team_type=1${query}`)).data
  const all = await page('')
  expect(all.items.map((row: { member_role: number }) => row.member_role)).toEqual([1, 2, 0, 0])
  expect(all.items[3]).toEqual({
    team_id: 7,
    account_id: 'bob',
    member_role: 0,
    team_nick: `</b> "O'B" \u202e👩‍👩‍👧‍👦`,
    server_extension: 'a\u0000b',
    chat_banned: true,
    join_time: Date.UTC(2024, 0, 1),
    update_time: Date.UTC(2024, 0, 1),
    invitor_account_id: null,
  })
  expect(accounts(await page('&member_type=1'))).toEqual(['u0', 'u1'])
  expect(accounts(await page('&member_type=2'))).toEqual(['u2', 'bob'])
  expect(accounts(await page('&chat_banned_type=1'))).toEqual(['bob'])
  sim.app.quirks = { chatBannedType1: 'notMuted' }
  expect(accounts(await page('&chat_banned_type=1'))).toEqual(['u0', 'u1', 'u2'])
  expect((await sim.get('/teams/7/actions/list_members?team_type=1&member_type=9')).code).toBe(414)
  expect((await sim.get('/teams/99/actions/list_members?team_type=1')).code).toBe(108404)
})

test('joined teams: one type a walk, accounts of any case, unknown accounts', async () => {
  await using sim = await yunxinSimulator()
  for (let n = 1; n <= 5; n++) fill(sim.world, String(n), 2, n === 3 ? 'super' : 'Private')
  sim.world.leave('1', 'u1')
  sim.world.join('1', 'u1', { role: 'Admin' })
  const joined = (account: string, query: string) => sim.get(`/team_members/${account}/actions/joined_teams?${query}`)
  const ids = (data: { team_info_list: { team_id: number }[] }) => data.team_info_list.map((row) => row.team_id)
  const one = (await joined('U1', 'team_type=1&limit=2')).data
  expect([ids(one), one.has_more]).toEqual([[2, 4], true])
  expect(one.team_info_list[0]).toMatchObject({ owner_account_id: 'u0', member_count: 2, name: '2' })
  expect(one.team_info_list[0]).not.toHaveProperty('member_info')
  const rest = `team_type=1&limit=2&need_return_member_info=1&page_token=${encoded(one.next_token)}`
  const two = (await joined('u1', rest)).data
  expect([ids(two), two.has_more, two.next_token]).toEqual([[5, 1], false, ''])
  expect(two.team_info_list[1].member_info).toMatchObject({ account_id: 'u1', member_role: 2, follow_account_ids: [] })
  expect(ids((await joined('u1', 'team_type=2')).data)).toEqual([3])
  expect((await joined('u1', '')).code).toBe(414)
  sim.world.addAccount('idle')
  expect((await joined('idle', 'team_type=1')).data).toEqual({ has_more: false, next_token: '', team_info_list: [] })
  expect((await joined('nobody', 'team_type=1')).code).toBe(102404)
  sim.app.quirks = { unknownAccount: 'empty' }
  expect((await joined('nobody', 'team_type=1')).data.team_info_list).toEqual([])
  sim.world.join('1', 'a b/c%')
  expect(ids((await joined(encodeURIComponent('A b/c%'), 'team_type=1')).data)).toEqual([1])
})

test('limits, faults by code, and paths that are not there', async () => {
  await using sim = await yunxinSimulator({}, { limits: {} })
  fill(sim.world, '7', 1)
  const path = '/teams/7?team_type=1'
  const codes = await Promise.all(Array.from({ length: 60 }, async () => (await sim.get(path)).code))
  expect(codes.filter((code) => code === 200).length).toBeGreaterThanOrEqual(50)
  sim.app.limits = { teamInfo: 0 }
  expect(await sim.get(path)).toMatchObject({ status: 200, code: 416, json: { msg: 'rate limit exceeded' } })
  expect(sim.simulator.counts()['yun/teamInfo']?.['refused']).toBeGreaterThan(0)
  sim.app.limits = 'off'
  for (const code of [416, 449, 500, 503, 108449, 414, 403, 102422, 109404]) {
    sim.simulator.addFault({ name: String(code), times: 1, groupId: '7' })
    expect(await sim.get(path)).toMatchObject({ status: 200, code, data: {} })
  }
  sim.simulator.addFault({ name: 'html', times: 1 })
  expect((await sim.get(path)).json).toBeNull()
  expect((await sim.get('/nothing')).code).toBe(404)
  sim.world.createGroup({ groupId: '@TGS#1' })
  sim.world.join('@TGS#1', 'u0')
  const aloud = await sim.get('/team_members/u0/actions/joined_teams?team_type=1')
  expect(aloud.json.simulatorError).toContain('no team ids like @TGS#1')
})
