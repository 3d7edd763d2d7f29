import { expect, test } from 'vitest'
import { tencentSimulator } from './tencentClient.ts'

const MEMBERS = 'get_group_member_info'

function fill(
  world: Awaited<ReturnType<typeof tencentSimulator>>['world'],
  groupId: string,
  size: number,
  type = 'Public',
) {
  world.createGroup({ groupId, type })
  for (let n = 0; n < size; n++) world.join(groupId, `u${n}`, { role: n === 0 ? 'Owner' : 'Member' })
}
const accounts = (json: { MemberList: { Member_Account: string }[] }) =>
  json.MemberList.map((row) => row.Member_Account)

test.each([
  ['small', '1', '2'],
  ['beyond2p53', '144115265295492787', '144115265295492788'],
  ['max', '18446744073709551615', '18446744073709551614'],
] as const)('the group list pages by a uint64, %s', async (nextMode, first, second) => {
  await using sim = await tencentSimulator({ nextMode })
  for (let n = 0; n < 5; n++) sim.world.createGroup({ groupId: `g${n}` })
  sim.world.createGroup({ groupId: 'av', type: 'AVChatRoom' })
  sim.world.dissolve('g1')
  const page = (next: string) => sim.call('get_appid_group_list', `{"Limit":2,"Next":${next}}`)
  const one = await page('0')
  expect(one.json).toMatchObject({ ErrorCode: 0, TotalCount: 5, GroupIdList: [{ GroupId: 'g0' }, { GroupId: 'g2' }] })
  expect(one.text).toContain(`"Next":${first}}`)
  const two = await page(first)
  expect(two.text).toContain(`"Next":${second}}`)
  const three = await page(second)
  expect(three.json).toMatchObject({ GroupIdList: [{ GroupId: 'av' }], Next: 0 })
  expect((await page(`"${first}"`)).code).toBe(10004)
  expect((await page('77')).code).toBe(10004)
  const typed = await sim.call('get_appid_group_list', { GroupType: 'AVChatRoom' })
  expect(typed.json).toMatchObject({ TotalCount: 1, GroupIdList: [{ GroupId: 'av' }], Next: 0 })
})

test('a member walk by Offset, its cap, and both readings of a Limit over it', async () => {
  await using sim = await tencentSimulator()
  fill(sim.world, '@TGS#1', 250)
  const sizes: number[] = []
  const seen: string[] = []
  for (const Offset of [0, 100, 200, 300]) {
    const { json } = await sim.call(MEMBERS, { GroupId: '@TGS#1', Limit: 100, Offset })
    expect(json.MemberNum).toBe(250)
    sizes.push(json.MemberList.length)
    seen.push(...accounts(json))
  }
  expect(sizes).toEqual([100, 100, 50, 0])
  expect(new Set(seen).size).toBe(250)
  expect((await sim.call(MEMBERS, { GroupId: '@TGS#1', Limit: 201 })).code).toBe(10004)
  sim.quirks.overCap = 'clip'
  expect((await sim.call(MEMBERS, { GroupId: '@TGS#1', Limit: 1000 })).json.MemberList).toHaveLength(200)
  sim.quirks.memberLimitCap = 6000
  expect((await sim.call(MEMBERS, { GroupId: '@TGS#1', Limit: 1000 })).json.MemberList).toHaveLength(250)
  sim.quirks.memberOrder = 'newestFirst'
  expect(accounts((await sim.call(MEMBERS, { GroupId: '@TGS#1', Limit: 2, Offset: 1 })).json)).toEqual(['u248', 'u247'])
  expect(accounts((await sim.call(MEMBERS, { GroupId: '@TGS#1', Limit: 2, Offset: 249 })).json)).toEqual(['u0'])
  const owner = await sim.call(MEMBERS, { GroupId: '@TGS#1', MemberRoleFilter: ['Owner'] })
  expect(owner.json).toMatchObject({ MemberNum: 250, MemberList: [{ Member_Account: 'u0' }] })
})

test('a Community pages by Next as text', async () => {
  await using sim = await tencentSimulator()
  fill(sim.world, '@TGS#_@TGS#c', 250, 'Community')
  const page = (Next?: string) => sim.call(MEMBERS, { GroupId: '@TGS#_@TGS#c', Limit: 200, Next })
  expect((await page()).code).toBe(10004)
  const one = await page('')
  expect(one.json.Next).toMatch(/^1441152652954\d{5}$/)
  const two = await page(one.json.Next)
  expect(two.json.Next).toBe('')
  expect([...accounts(one.json), ...accounts(two.json)]).toHaveLength(250)
})

test('member fields: seconds, mutes, filters, old and new names, custom values', async () => {
  await using sim = await tencentSimulator()
  const { world } = sim
  world.createGroup({ groupId: 'g', custom: { tier: 'gold', raw: 'abc\u0000\u0001' }, muteAll: true })
  world.join('g', 'leckie', {
    role: 'Admin',
    joinedAt: 1425976500999,
    mutedUntil: Number.POSITIVE_INFINITY,
    custom: { k: 'v' },
  })
  world.join('g', 'peter', { mutedUntil: 1431069882000, nameCard: 'P' })
  const { json } = await sim.call(MEMBERS, { GroupId: 'g' })
  expect(json.MemberList).toEqual([
    {
      Member_Account: 'leckie',
      Role: 'Admin',
      JoinTime: 1425976500,
      MsgSeq: 0,
      MsgFlag: 'AcceptAndNotify',
      LastSendMsgTime: 0,
      MuteUntil: 4294967295,
      NameCard: '',
      AppMemberDefinedData: [{ Key: 'k', Value: 'v' }],
    },
    expect.objectContaining({ Member_Account: 'peter', MuteUntil: 1431069882, NameCard: 'P' }),
  ])
  sim.app.quirks = { fieldNames: 'old', trailingSpaceRole: true, errorInfo: 'ok', unknownFields: true }
  const old = await sim.call(MEMBERS, { GroupId: 'g', MemberInfoFilter: ['Role', 'MuteUntil'] })
  expect(old.json.ErrorInfo).toBe('ok')
  expect(old.json.MemberList[0]).toMatchObject({ Role: 'Admin ', ShutUpUntil: 4294967295 })
  expect(old.json.MemberList[0]).not.toHaveProperty('NameCard')
  expect(old.json.MemberList[0]).toHaveProperty('XFutureField')
  sim.app.quirks = { fieldNames: 'both' }
  const info = (filter?: unknown) => sim.call('get_group_info', { GroupIdList: ['g'], ResponseFilter: filter })
  expect((await info()).json.GroupInfo[0]).toMatchObject({
    Owner_Account: '',
    MuteAllMember: 'On',
    ShutUpAllMember: 'On',
    LastMsgTime: 0,
    MemberNum: 2,
    AppDefinedData: [
      { Key: 'tier', Value: 'gold' },
      { Key: 'raw', Value: 'abc\u0000\u0001' },
    ],
    MemberList: [{ Member_Account: 'leckie' }, { Member_Account: 'peter' }],
  })
  const filtered = await info({ GroupBaseInfoFilter: ['Name'], AppDefinedDataFilter_Group: ['tier'] })
  expect(filtered.json.GroupInfo).toEqual([
    { GroupId: 'g', ErrorCode: 0, ErrorInfo: '', Name: 'g', AppDefinedData: [{ Key: 'tier', Value: 'gold' }] },
  ])
  const muted = await sim.call('get_group_muted_account', { GroupId: 'g' })
  expect(muted.json.MutedAccountList).toEqual([{ Member_Account: 'leckie', MutedUntil: 4294967295 }])
})

test('each group of a batch has its own verdict, in any order', async () => {
  await using sim = await tencentSimulator()
  const ids = Array.from({ length: 48 }, (_, n) => `g${n}`)
  for (const groupId of ids) sim.world.createGroup({ groupId })
  sim.world.dissolve('g7')
  const info = (list: string[]) => sim.call('get_group_info', { GroupIdList: list })
  const { code, json } = await info([...ids, 'never-seen', 'ill\nformed'])
  expect(code).toBe(0)
  const rows: { GroupId: string; ErrorCode: number }[] = json.GroupInfo
  expect(rows.map((row) => row.GroupId)).not.toEqual([...ids, 'never-seen', 'ill\nformed'])
  const bad = Object.fromEntries(rows.filter((row) => row.ErrorCode !== 0).map((row) => [row.GroupId, row.ErrorCode]))
  expect(bad).toEqual({ g7: 10010, 'never-seen': 10015, 'ill\nformed': 10015 })
  expect((await info([...ids, 'a', 'b', 'c'])).code).toBe(10004)
  sim.app.quirks = { dissolvedCode: 10015, groupErrors: new Map([['g1', 10007]]) }
  expect((await info(['g7'])).json.GroupInfo[0].ErrorCode).toBe(10015)
  expect((await info(['g1'])).json.GroupInfo[0].ErrorCode).toBe(10007)
  expect((await sim.call(MEMBERS, { GroupId: 'g1' })).code).toBe(10007)
  expect((await sim.call(MEMBERS, { GroupId: 'g7' })).code).toBe(10015)
})

test('an answer that is too large is 10018, and details may show only some members', async () => {
  await using sim = await tencentSimulator({ answerLimitBytes: 5000, detailsMemberCap: 3 })
  fill(sim.world, 'g', 150)
  expect((await sim.call(MEMBERS, { GroupId: 'g', Limit: 100 })).code).toBe(10018)
  expect((await sim.call(MEMBERS, { GroupId: 'g', Limit: 10 })).code).toBe(0)
  const { json } = await sim.call('get_group_info', { GroupIdList: ['g'] })
  expect(json.GroupInfo[0].MemberList).toHaveLength(3)
})

test('AVChatRoom: refused, or the first 300', async () => {
  await using sim = await tencentSimulator()
  fill(sim.world, 'av', 350, 'AVChatRoom')
  expect((await sim.call(MEMBERS, { GroupId: 'av' })).code).toBe(10007)
  expect((await sim.call('get_role_in_group', { GroupId: 'av', User_Account: ['u1'] })).code).toBe(10007)
  sim.quirks.avChatRoom = 'first300'
  expect((await sim.call(MEMBERS, { GroupId: 'av', Limit: 200, Offset: 200 })).json.MemberList).toHaveLength(100)
})

test('roles of chosen accounts', async () => {
  await using sim = await tencentSimulator()
  fill(sim.world, 'g', 3)
  sim.world.setRole('g', 'u1', 'Admin')
  const role = (User_Account: unknown) => sim.call('get_role_in_group', { GroupId: 'g', User_Account })
  expect((await role(['u0', 'u1', 'u2', 'nobody'])).json.UserIdList).toEqual([
    { Member_Account: 'u0', Role: 'Owner' },
    { Member_Account: 'u1', Role: 'Admin' },
    { Member_Account: 'u2', Role: 'Member' },
    { Member_Account: 'nobody', Role: 'NotMember' },
  ])
  expect((await role(Array.from({ length: 501 }, (_, n) => `u${n}`))).code).toBe(10004)
  expect((await role([7])).code).toBe(60015)
})

test('the joined list hides what it is said to hide', async () => {
  await using sim = await tencentSimulator({ inactiveGroups: new Set(['idle']), topicGroups: new Set(['topics']) })
  for (const [groupId, type] of Object.entries({
    g: 'Public',
    idle: 'Private',
    av: 'AVChatRoom',
    topics: 'Community',
  })) {
    sim.world.createGroup({ groupId, type })
    sim.world.join(groupId, 'leckie', { role: 'Owner' })
  }
  const joined = async (more: object) => {
    const { json } = await sim.call('get_joined_group_list', { Member_Account: 'leckie', ...more })
    return [json.TotalCount, ...json.GroupIdList.map((row: { GroupId: string }) => row.GroupId)]
  }
  expect(await joined({})).toEqual([1, 'g'])
  expect(await joined({ WithHugeGroups: 1, WithNoActiveGroups: 1, SupportTopic: 1 })).toEqual([
    4,
    'g',
    'idle',
    'av',
    'topics',
  ])
  expect(await joined({ WithHugeGroups: 1, WithNoActiveGroups: 1, Limit: 2, Offset: 2 })).toEqual([3, 'av'])
  expect(await joined({ GroupType: 'Private', WithNoActiveGroups: 1 })).toEqual([1, 'idle'])
  const filtered = await sim.call('get_joined_group_list', {
    Member_Account: 'leckie',
    ResponseFilter: { GroupBaseInfoFilter: ['Type'], SelfInfoFilter: ['Role', 'JoinTime'] },
  })
  expect(filtered.json.GroupIdList).toEqual([
    { GroupId: 'g', Type: 'Public', SelfInfo: { Role: 'Owner', JoinTime: Date.UTC(2024, 0, 1) / 1000 } },
  ])
  const stranger = () => sim.call('get_joined_group_list', { Member_Account: 'nobody' })
  expect((await stranger()).code).toBe(10019)
  sim.quirks.unknownUser = 'empty'
  expect((await stranger()).json).toMatchObject({ ErrorCode: 0, TotalCount: 0, GroupIdList: [] })
})
