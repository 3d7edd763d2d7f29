import { expect, test } from 'vitest'
import { easemobSimulator } from './easemobClient.ts'

type World = Awaited<ReturnType<typeof easemobSimulator>>['world']
const ID = '100743775354882'
const LONG = '900719925474099301'

function fill(world: World, groupId: string, size: number, type = 'Public') {
  world.createGroup({ groupId, type })
  for (let n = 0; n < size; n++) world.join(groupId, `u${n}`, { role: n === 0 ? 'Owner' : 'Member' })
}
const names = (json: { data: { owner?: string; member?: string }[] }) => json.data.map((row) => row.owner ?? row.member)

test('the app list: newest first, by cursor, owners with their prefix, ids as text', async () => {
  await using sim = await easemobSimulator()
  for (const id of ['11', '12', '13', LONG]) fill(sim.world, id, 2)
  sim.world.dissolve('12')
  const one = await sim.get('/chatgroups?limit=2')
  expect(one.json).toMatchObject({
    action: 'get',
    organization: 'acme_x',
    applicationName: 'im',
    params: { limit: ['2'] },
    entities: [],
    count: 2,
    data: [
      {
        owner: 'acme_x#im_u0',
        groupid: LONG,
        affiliations: 2,
        type: 'group',
        lastModified: String(Date.UTC(2024, 0, 1)),
        groupname: LONG,
      },
      { groupid: '13' },
    ],
  })
  expect(one.json.cursor).toMatch(/\+/)
  // Created meanwhile: not met by this walk.
  fill(sim.world, '14', 1)
  const two = await sim.get(`/chatgroups?limit=2&cursor=${encodeURIComponent(one.json.cursor)}`)
  expect(two.json).toMatchObject({ count: 1, data: [{ groupid: '11' }] })
  expect(two.json).not.toHaveProperty('cursor')
  expect((await sim.get(`/chatgroups?limit=2&cursor=${one.json.cursor}`)).status).toBe(400)
  sim.app.quirks = { ownerPrefix: false, lastModifiedName: 'last_modified', pageCap: 4, emptyLastPage: true }
  const old = await sim.get('/chatgroups?limit=1000')
  expect(old.json.count).toBe(4)
  expect(old.json.data[0]).toMatchObject({ owner: 'u0', last_modified: expect.any(String) })
  const empty = await sim.get(`/chatgroups?limit=1000&cursor=${encodeURIComponent(old.json.cursor)}`)
  expect(empty.json).toMatchObject({ count: 0, data: [] })
  expect(empty.json).not.toHaveProperty('cursor')
  expect((await sim.get('/chatgroups?limit=0')).status).toBe(400)
})

test('a cursor that is stuck leads back to its own page', async () => {
  await using sim = await easemobSimulator({ stuckCursor: true })
  fill(sim.world, '11', 1)
  fill(sim.world, '12', 1)
  const one = await sim.get('/chatgroups?limit=1')
  const two = await sim.get(`/chatgroups?limit=1&cursor=${encodeURIComponent(one.json.cursor)}`)
  expect([two.json.data, two.json.cursor]).toEqual([one.json.data, one.json.cursor])
})

test('joined groups, old pages from 1 and new pages from 0', async () => {
  await using sim = await easemobSimulator()
  const ids = Array.from({ length: 25 }, (_, n) => String(100 + n))
  for (const id of ids) fill(sim.world, id, 1)
  const newest = ids.toReversed()
  const rows = async (path: string, field: 'data' | 'entities') => {
    const { json } = await sim.get(path)
    return [json.count, json[field].map((row: { groupid?: string; groupId?: string }) => row.groupid ?? row.groupId)]
  }
  expect(await rows('/users/U0/joined_chatgroups', 'data')).toEqual([25, newest])
  expect(await rows('/users/u0/joined_chatgroups?pagenum=2', 'data')).toEqual([10, newest.slice(10, 20)])
  expect(await rows('/users/u0/joined_chatgroups?pagesize=100&pagenum=2', 'data')).toEqual([0, []])
  expect(await rows('/chatgroups/user/u0?pagesize=50', 'entities')).toEqual([20, newest.slice(0, 20)])
  expect(await rows('/chatgroups/user/u0?pagesize=20&pagenum=1', 'entities')).toEqual([5, newest.slice(20)])
  const { json } = await sim.get('/chatgroups/user/u0')
  expect(json).toMatchObject({
    total: 25,
    count: 5,
    entities: [{ groupId: '124', id: '124', owner: 'u0' }, {}, {}, {}, {}],
  })
  expect(json).not.toHaveProperty('data')
  const stranger = () => sim.get('/users/nobody/joined_chatgroups')
  expect(await stranger()).toMatchObject({ status: 404, json: { error: 'service_resource_not_found' } })
  sim.app.quirks = { unknownUser: 'empty', newJoined: false }
  expect((await stranger()).json).toMatchObject({ data: [], count: 0 })
  expect((await sim.get('/chatgroups/user/u0')).status).toBe(404)
})

test('details: fields, affiliations with the owner last, kinds and ways to join', async () => {
  await using sim = await easemobSimulator({ shuffleDetails: false, disabledGroups: new Set(['13']) })
  fill(sim.world, ID, 3)
  sim.world.setRole(ID, 'u1', 'Admin')
  sim.world.createGroup({ groupId: '12', type: 'Private', joinOption: 'NeedPermission', custom: { text: 'free' } })
  sim.world.createGroup({ groupId: '13', joinOption: 'DisableApply', muteAll: true, custom: { a: '1' } })
  const { json } = await sim.get(`/chatgroups/${ID},12%2C13`)
  expect(json.count).toBe(3)
  expect(json.data[0]).toEqual({
    id: ID,
    name: ID,
    avatar: expect.any(String),
    description: '',
    owner: 'u0',
    disabled: false,
    public: true,
    allowinvites: false,
    membersonly: false,
    maxusers: 2000,
    created: Date.UTC(2024, 0, 1),
    custom: '',
    mute: false,
    affiliations_count: 3,
    affiliations: [{ member: 'u1' }, { member: 'u2' }, { owner: 'u0' }],
  })
  expect(json.data[1]).toMatchObject({ public: false, membersonly: true, custom: 'free', affiliations: [] })
  expect(json.data[1]).not.toHaveProperty('owner')
  expect(json.data[2]).toMatchObject({ public: false, disabled: true, mute: true, custom: '{"a":"1"}' })
  sim.app.quirks = { affiliationsCap: 2 }
  expect((await sim.get(`/chatgroups/${ID}`)).json.data[0]).toMatchObject({
    affiliations_count: 3,
    affiliations: [{ member: 'u1' }, { owner: 'u0' }],
  })
  sim.app.quirks = { detailShape: '2023', ownerless: 'empty' }
  const old = (await sim.get('/chatgroups/12')).json.data[0]
  expect(old).toMatchObject({ owner: '', permission: expect.any(String) })
  expect(old).not.toHaveProperty('affiliations')
  expect(old).not.toHaveProperty('avatar')
})

test('what is missing: alone, in a batch in four ways, all of a batch; more than a hundred', async () => {
  await using sim = await easemobSimulator()
  fill(sim.world, '11', 1)
  fill(sim.world, '12', 1)
  sim.world.dissolve('12')
  const single = await sim.get('/chatgroups/12')
  expect(single).toMatchObject({ status: 404, json: { error: 'resource_not_found', exception: expect.any(String) } })
  expect(single.json.error_description).toBe('grpID 12 does not exist!')
  const batch = async () => {
    const { json } = await sim.get('/chatgroups/11,12')
    return [json.count, json.data.filter((row: { name?: string }) => row.name === undefined)]
  }
  expect(await batch()).toEqual([1, []])
  const text = "group id doesn't exist"
  sim.app.quirks = { batchMissing: 'stringElement' }
  expect(await batch()).toEqual([1, [text]])
  sim.app.quirks = { batchMissing: 'objectWithError' }
  expect(await batch()).toEqual([1, [{ error: text }]])
  sim.app.quirks = { batchMissing: 'objectWithIdAndError' }
  expect(await batch()).toEqual([1, [{ id: '12', error: text }]])
  expect((await sim.get('/chatgroups/12,13')).status).toBe(404)
  sim.app.quirks = { batchAllMissing: 200 }
  expect((await sim.get('/chatgroups/12,13')).json).toMatchObject({ count: 0, data: [] })
  const ids = Array.from({ length: 101 }, (_, n) => String(100 + n)).join(',')
  expect((await sim.get(`/chatgroups/${ids}`)).status).toBe(400)
})

test('members: pages from 1 to the short one, join times on demand, caps old and new', async () => {
  await using sim = await easemobSimulator()
  fill(sim.world, ID, 250)
  const page = async (query: string) => (await sim.get(`/chatgroups/${ID}/users?${query}`)).json
  const walk = [
    await page('pagesize=100&pagenum=1'),
    await page('pagesize=100&pagenum=2'),
    await page('pagesize=100&pagenum=3'),
  ]
  expect(walk.map((json) => json.count)).toEqual([100, 100, 50])
  expect(new Set(walk.flatMap(names)).size).toBe(250)
  expect(walk[0].data.slice(0, 2)).toEqual([{ owner: 'u0' }, { member: 'u1' }])
  expect(walk[0]).not.toHaveProperty('total')
  expect(await page('pagesize=100&pagenum=4')).toMatchObject({ count: 0, data: [] })
  expect((await page('joined_time=true')).data).toHaveLength(250)
  expect((await page('joined_time=true')).data[0]).toEqual({ owner: 'u0', joined_time: Date.UTC(2024, 0, 1) })
  sim.app.quirks = { pageCap: 100, memberOrder: 'newestFirst', shortJoinedTime: true }
  expect((await page('')).count).toBe(10)
  const last = await page('pagesize=1000&pagenum=3&joined_time=true')
  expect([last.count, names(last).at(-1)]).toEqual([50, 'u0'])
  expect(String(last.data[0].joined_time)).toHaveLength(12)
  expect((await sim.get(`/chatgroups/${ID}/users?pagenum=0`)).status).toBe(400)
  const gone = await sim.get('/chatgroups/99/users')
  expect(gone).toMatchObject({ status: 404, json: { error_description: 'grpID 99 does not exist!' } })
})

test('admins, mutes, blocks and the direct check', async () => {
  await using sim = await easemobSimulator({ blocked: new Map([[ID, ['Bad']]]) })
  fill(sim.world, ID, 5)
  const { world } = sim
  world.setRole(ID, 'u3', 'Admin')
  world.join(ID, 'Mixed', { mutedUntil: Number.POSITIVE_INFINITY })
  world.updateMember(ID, 'u1', { mutedUntil: Date.UTC(2024, 0, 2) })
  world.updateMember(ID, 'u2', { mutedUntil: Date.UTC(2023, 0, 2) })
  const data = async (path: string) => (await sim.get(`/chatgroups/${ID}/${path}`)).json
  expect(await data('admin')).toMatchObject({ data: ['u3'], count: 1 })
  expect(await data('blocks/users')).toMatchObject({ data: ['bad'], count: 1 })
  expect(await data('white/users')).toMatchObject({ data: [], count: 0 })
  expect((await data('mute')).data).toEqual([
    { expire: Date.UTC(2024, 0, 2), user: 'u1' },
    { expire: -1, user: 'mixed' },
  ])
  expect(await data('mute')).not.toHaveProperty('count')
  expect((await data('user/MIXED/is_joined')).data).toBe(true)
  expect((await data('user/u9/is_joined')).data).toBe(false)
  expect((await sim.get('/chatgroups/99/user/u1/is_joined')).status).toBe(404)
  sim.app.quirks = {
    isJoinedMissingGroup: false,
    isJoinedNonMember: 404,
    userCase: 'stored',
    permanentMute: 4638873600000,
  }
  expect((await sim.get('/chatgroups/99/user/u1/is_joined')).json.data).toBe(false)
  expect((await sim.get(`/chatgroups/${ID}/user/u9/is_joined`)).json).toMatchObject({
    error: 'resource_not_found',
    error_description: `user: u9 doesn't exist in group: ${ID}`,
  })
  expect((await data('mute')).data).toContainEqual({ expire: 4638873600000, user: 'Mixed' })
  sim.app.quirks = { userCase: 'mixed' }
  const cases = (await Promise.all([1, 2, 3, 4].map(() => data('users')))).flatMap(names)
  expect(cases).toContain('U1')
  expect(cases).toContain('u1')
})

test('limits, faults, errors as HTML, hostile names and fields of tomorrow', async () => {
  await using sim = await easemobSimulator({ unknownFields: true }, { limits: { joinedGroups: 1 } })
  fill(sim.world, ID, 1)
  const joined = () => sim.get('/users/u0/joined_chatgroups')
  expect((await joined()).status).toBe(200)
  expect(await joined()).toMatchObject({ status: 429, json: { error: 'reach_limit' } })
  sim.app.quirks = { limitStatus: 503, errorBody: 'html' }
  expect(await joined()).toMatchObject({ status: 503, json: null, text: expect.stringContaining('<html>') })
  expect(sim.simulator.counts()['ease/joinedGroups']).toEqual({ total: 3, '200': 1, refused: 2 })
  sim.app.quirks = {}
  for (const [name, status, error] of [
    ['reach_limit', 429, 'reach_limit'],
    ['resource_limited', 429, 'resource_limited'],
    ['unauthorized', 401, 'unauthorized'],
    ['bad_token', 401, 'auth_bad_access_token'],
    ['web_application', 500, 'web_application'],
  ] as const) {
    sim.simulator.addFault({ name, times: 1, groupId: ID })
    expect(await sim.get(`/chatgroups/${ID}`), name).toMatchObject({ status, json: { error } })
  }
  sim.simulator.addFault({ name: 'http502', times: 1 })
  expect(await sim.get('/chatgroups')).toMatchObject({ status: 502, json: null })
  const odd = `</script> "O'Brien" \u202e👩‍👩‍👧‍👦 abc\u0000\n`
  sim.world.updateGroup(ID, { name: odd, introduction: odd, custom: { text: odd } })
  sim.world.join(ID, 'a b/c,d%')
  const detail = (await sim.get(`/chatgroups/${ID}`)).json.data[0]
  expect(detail).toMatchObject({ name: odd, description: odd, custom: odd })
  expect((await sim.get(`/chatgroups/${ID}/user/${encodeURIComponent('A b/c,d%')}/is_joined`)).json.data).toBe(true)
  expect((await sim.get('/users/%E0%A4/joined_chatgroups')).status).toBe(400)
})

test('a world of other ids is refused aloud', async () => {
  await using sim = await easemobSimulator()
  sim.world.createGroup({ groupId: '@TGS#1' })
  expect((await sim.get('/chatgroups')).json.simulatorError).toContain('no group ids like @TGS#1')
})

test('a hook changes the world between pages: one member is skipped', async () => {
  await using sim = await easemobSimulator()
  fill(sim.world, ID, 4)
  const pages: unknown[] = []
  sim.simulator.onPage((info) => {
    pages.push(info)
    if (info.page === 0) sim.world.leave(ID, 'u1')
  })
  const page = async (n: number) => names((await sim.get(`/chatgroups/${ID}/users?pagesize=2&pagenum=${n}`)).json)
  expect([...(await page(1)), ...(await page(2))]).toEqual(['u0', 'u1', 'u3'])
  expect(pages[1]).toEqual({ app: 'ease', endpoint: 'groupMembers', groupId: ID, page: 1, offset: 2 })
})
