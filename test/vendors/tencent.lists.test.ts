import { describe, expect, it } from 'vitest'
import { all, ok, scripted } from './scripted.ts'

const next = (digits: string, ...ids: string[]) => ({
  text: `{"ErrorCode":0,"GroupIdList":${JSON.stringify(ids.map((GroupId) => ({ GroupId })))},"Next":${digits}}`,
})
const joined = (total: number | undefined, ...ids: string[]) =>
  ok({ TotalCount: total, GroupIdList: ids.map((GroupId) => ({ GroupId, Type: 'Work', MemberNum: 3 })) })
const none = ok({ TotalCount: 0, GroupIdList: [] })

describe('the list of all groups', () => {
  it.each(['144115265295492787', '18446744073709551615'])('T-08 T-09 sends Next %s back as it came', async (digits) => {
    const { vendor, asked, signal } = scripted([next(digits, 'a'), next('0', 'b')])
    expect(await all(vendor.listGroups?.(signal))).toMatchObject([{ groupId: 'a' }, { groupId: 'b' }])
    expect(asked.map(({ raw }) => raw)).toEqual(['{"Limit":10000,"Next":0}', `{"Limit":10000,"Next":${digits}}`])
  })

  it('asks for the one wanted type, which its hints then have', async () => {
    const { vendor, asked, signal } = scripted([next('0', 'a')], { groupTypes: ['Meeting'] })
    expect(await all(vendor.listGroups?.(signal))).toMatchObject([{ groupId: 'a', type: 'ChatRoom' }])
    expect(asked[0]?.body['GroupType']).toBe('ChatRoom')
  })

  it('refuses a list that comes back to where it was', async () => {
    const { vendor, signal } = scripted([next('5', 'a'), next('6', 'b'), next('5', 'c')])
    await expect(all(vendor.listGroups?.(signal))).rejects.toMatchObject({ fault: 'retry', code: 'repeats' })
  })

  it('asks for less when an answer is too large, and skips rows without an id', async () => {
    const { vendor, asked, signal } = scripted([
      { ErrorCode: 10018 },
      { text: '{"ErrorCode":0,"GroupIdList":[{"GroupId":"a"},null,{},{"GroupId":null}],"Next":0}' },
    ])
    expect(await all(vendor.listGroups?.(signal))).toHaveLength(1)
    expect(asked.map(({ body }) => body['Limit'])).toEqual([10000, 5000])
  })
})

describe('the groups of an account', () => {
  it('T-37 asks for everything hidden by default, page by page to the total', async () => {
    const { vendor, asked, signal } = scripted([joined(3, 'a', 'b'), joined(3, 'c'), none])
    const hints = await all(vendor.joinedGroups('bob', signal))
    expect(hints.map(({ groupId, type, memberCount }) => [groupId, type, memberCount])).toEqual([
      ['a', 'Private', 3],
      ['b', 'Private', 3],
      ['c', 'Private', 3],
    ])
    expect(asked.map(({ body }) => body['Offset'])).toEqual([0, 2, 0])
    expect(asked[0]?.body).toMatchObject({
      Member_Account: 'bob',
      WithHugeGroups: 1,
      WithNoActiveGroups: 1,
      Limit: 1000,
    })
    expect(asked[2]?.body).toMatchObject({ GroupType: 'Community', SupportTopic: 1 })
  })

  it.each([
    ['rows that are none', ok({ TotalCount: 2_000_000, GroupIdList: [false, {}] })],
    ['groups of a type that nobody wants', joined(2_000_000, 'a', 'b')],
  ])('refuses a list of %s that is the same at every offset, whatever its total says', async (_what, page) => {
    const { vendor, asked, signal } = scripted([page, page, page], { groupTypes: ['Public'] })
    await expect(all(vendor.joinedGroups('bob', signal))).rejects.toMatchObject({ fault: 'retry', code: 'repeats' })
    expect(asked).toHaveLength(2)
  })

  it('ends without a total, and when the total lies', async () => {
    const { vendor, signal } = scripted([joined(undefined, 'a'), none, joined(99, 'a'), joined(99), none])
    expect(await all(vendor.joinedGroups('bob', signal))).toHaveLength(1)
    expect(await all(vendor.joinedGroups('bob', signal))).toHaveLength(1)
  })

  it('leaves topic communities out once the app refuses them', async () => {
    const { vendor, asked, signal } = scripted([joined(1, 'a'), { ErrorCode: 11000 }, joined(1, 'a')])
    await all(vendor.joinedGroups('bob', signal))
    await all(vendor.joinedGroups('eve', signal))
    expect(asked).toHaveLength(3)
  })

  it('shows the account’s own membership', async () => {
    const SelfInfo = { JoinTime: 1588148506, Role: 'Admin', MsgFlag: 'Discard', MsgSeq: 1 }
    const rows = [{ GroupId: 'a', SelfInfo }, { GroupId: 'b', SelfInfo: { GrossTopicReadSeq: 2 } }, { GroupId: 'c' }]
    const { vendor, signal } = scripted([ok({ TotalCount: 3, GroupIdList: rows }), none])
    const [a, b, c] = await all(vendor.joinedGroups('bob', signal))
    expect(a?.self).toMatchObject({ accountId: 'bob', role: 'admin', joinedAt: 1588148506000 })
    expect([b?.self, c?.self]).toEqual([undefined, undefined])
  })

  it('says that an account is unknown', async () => {
    const { vendor, signal } = scripted([{ ErrorCode: 10019 }])
    await expect(all(vendor.joinedGroups('bob', signal))).rejects.toMatchObject({ fault: 'accountGone' })
  })

  it('drops types that nobody wants', async () => {
    const { vendor, asked, signal } = scripted([joined(1, 'a')], { groupTypes: ['Public', 'ChatRoom'] })
    expect(await all(vendor.joinedGroups('bob', signal))).toEqual([])
    expect(asked).toHaveLength(1)
  })
})

describe('the direct word about accounts', () => {
  it('is unknown for whatever is not clearly in or out', async () => {
    const UserIdList = [
      { Member_Account: 'a', Role: 'Owner ' },
      { Member_Account: 'b', Role: 'NotMember' },
      { Member_Account: 'c', Role: 'Emperor' },
      { Member_Account: 'd', Role: 'NotMember' },
      { Member_Account: 'd', Role: 'Member' },
      { Member_Account: 'stranger', Role: 'NotMember' },
      null,
    ]
    const { vendor, signal } = scripted([ok({ UserIdList })])
    const answer = await vendor.confirm?.(group, ['a', 'b', 'c', 'd', 'e'], signal)
    expect(Object.fromEntries(answer ?? [])).toEqual({ a: 'in', b: 'out', c: 'unknown', d: 'unknown', e: 'unknown' })
  })

  it('is unknown for everybody where the type has no such call', async () => {
    const { vendor, signal } = scripted([{ ErrorCode: 10007 }])
    expect(await vendor.confirm?.(group, ['a'], signal)).toEqual(new Map([['a', 'unknown']]))
  })

  it('halves a question that is too large', async () => {
    const role = (Member_Account: string) => ok({ UserIdList: [{ Member_Account, Role: 'Member' }] })
    const { vendor, asked, signal } = scripted([{ ErrorCode: 10005 }, role('a'), role('b')])
    expect([...((await vendor.confirm?.(group, ['a', 'b'], signal)) ?? [])]).toEqual([
      ['a', 'in'],
      ['b', 'in'],
    ])
    expect(asked.map(({ body }) => body['User_Account'])).toEqual([['a', 'b'], ['a'], ['b']])
  })
})

describe('check', () => {
  it('says what works, and that the clock is off', async () => {
    const at = (date: string) => ({ text: '{"ErrorCode":0}', headers: { date } })
    const { vendor, signal } = scripted([
      at('Thu, 01 Jan 2026 00:00:30 GMT'),
      at('Thu, 01 Jan 2026 00:02:00 GMT'),
      { ErrorCode: 10019 },
    ])
    expect(await vendor.check(signal)).toBe('console.tim.qq.com answers app 1400000001 as administrator')
    expect(await vendor.check(signal)).toContain('the clock of this machine is 120 s behind the vendor')
    expect(await vendor.check(signal)).toContain('accepts the signature')
  })
})

const group = {
  groupId: 'g',
  type: 'Public',
  name: null,
  ownerId: null,
  memberCount: null,
  maxMembers: null,
  muteAll: null,
  joinMode: null,
  createdAt: null,
  attributes: null,
  live: null,
}
