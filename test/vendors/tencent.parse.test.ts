import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseGroup } from '../../src/vendors/tencent/parse-group.ts'
import { parseMember, parseMembers } from '../../src/vendors/tencent/parse-member.ts'

const now = Date.UTC(2026, 0, 1)
const rules = { now, custom: undefined }
const row = (more: object = {}) => ({ Member_Account: 'bob', Role: 'Member', JoinTime: 1425976500, ...more })

describe('a member of Tencent', () => {
  it('takes its final shape', () => {
    const raw = row({
      Role: 'Owner',
      MsgSeq: 1233,
      MsgFlag: 'AcceptAndNotify',
      LastSendMsgTime: 1431069882,
      MuteUntil: 0,
      NameCard: 'Bob\0',
      AppMemberDefinedData: [
        { Key: 'z', Value: 'abc\u0000\u0001' },
        { Key: 'badge', Value: 'gold' },
        { Key: '__proto__', Value: '' },
      ],
    })
    const member = parseMember(raw, rules)
    expect(member).toEqual({
      accountId: 'bob',
      role: 'owner',
      nameCard: 'Bob␀',
      mutedUntil: null,
      joinedAt: Date.parse('2015-03-10T08:35:00Z'),
      lastSpokeAt: 1431069882000,
      attributes: {
        msg_flag: 'AcceptAndNotify',
        custom: Object.fromEntries<unknown>([
          ['__proto__', ''],
          ['badge', 'gold'],
          ['z', { base64: 'YWJjAAE=' }],
        ]),
      },
      live: { msg_seq: 1233 },
    })
    expect(parseMember(raw, { now, custom: new Set(['badge']) })).toMatchObject({
      attributes: { custom: { badge: 'gold' } },
    })
  })

  it('may lack all but account, role and the vendor’s word for nothing', () => {
    expect(parseMember({ Member_Account: 'bob', Role: 'Admin', Tomorrow: [{}] }, rules)).toEqual({
      accountId: 'bob',
      role: 'admin',
      nameCard: null,
      mutedUntil: null,
      joinedAt: undefined,
      lastSpokeAt: null,
      attributes: null,
      live: null,
    })
    expect(parseMember(row({ JoinTime: 0, NameCard: '' }), rules)).toMatchObject({ joinedAt: null, nameCard: null })
  })

  it('T-24 has its role trimmed', () => {
    expect(parseMember(row({ Role: 'Member ' }), rules)).toMatchObject({ role: 'member' })
  })

  it.each([
    ['for ever', 4294967295, Number.POSITIVE_INFINITY],
    ['not', 0, null],
    ['no more', now / 1000, null],
    ['until then', now / 1000 + 1, now + 1000],
    ['beyond int32', 4294967296, 4294967296000],
  ])('T-25 is muted %s', (_, seconds, until) => {
    expect(parseMember(row({ MuteUntil: seconds }), rules)).toMatchObject({ mutedUntil: until })
    expect(parseMember(row({ ShutUpUntil: seconds }), rules)).toMatchObject({ mutedUntil: until })
  })

  it('T-26 joined at a time in seconds', () => {
    const member = parseMember(row(), rules)
    expect('joinedAt' in member && new Date(member.joinedAt ?? 0).toISOString()).toMatch(/^2015-03-10T/)
  })

  it.each([
    ['Role', { Role: 'NotMember' }, 'bob'],
    ['Role', { Role: undefined }, 'bob'],
    ['Role', { Role: 'Emperor' }, 'bob'],
    ['Member_Account', { Member_Account: null }, null],
    ['Member_Account', { Member_Account: 'b\0b' }, null],
    ['Member_Account', { Member_Account: 'b\uD800' }, null],
    ['Member_Account', { Member_Account: '' }, null],
    ['Member_Account', { Member_Account: 7 }, null],
    ['JoinTime', { JoinTime: 1425976500000 }, 'bob'], // ms taken for seconds
    ['JoinTime', { JoinTime: -1 }, 'bob'],
    ['JoinTime', { JoinTime: '1425976500' }, 'bob'],
    ['MuteUntil', { MuteUntil: -1 }, 'bob'],
    ['LastSendMsgTime', { LastSendMsgTime: 1e300 }, 'bob'],
  ])('is a bad record for its %s: %j', (field, more, accountId) => {
    const parsed = parseMember(row(more), rules)
    expect(parsed).toMatchObject({ field, accountId })
    expect('reason' in parsed && parsed.reason.includes('\0')).toBe(false)
  })

  it('survives every JSON there is', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.jsonValue(),
            fc.object().map((more) => row(more)),
          ),
        ),
        (list) => {
          const { rows, bad } = parseMembers(JSON.parse(JSON.stringify(list)), rules)
          expect(rows.length + bad.length).toBe(list.length)
        },
      ),
    )
    for (const odd of [null, undefined, 7, {}, 'x']) expect(parseMembers(odd, rules)).toEqual({ rows: [], bad: [] })
  })

  it('a hundred thousand of them at once', () => {
    const list: unknown = Array.from({ length: 100_000 }, (_, n) =>
      row({ Member_Account: `u${n}`, MsgSeq: n, MsgFlag: 'Discard', NameCard: `n${n}`, MuteUntil: 0 }),
    )
    expect(parseMembers(list, rules).rows).toHaveLength(100_000)
  })
})

describe('a group of Tencent', () => {
  const group = (more: object = {}) => parseGroup({ GroupId: '@TGS#1', Type: 'Public', ...more }, new Set(['tier']))

  it('takes its final shape', () => {
    expect(
      group({
        Type: 'Work',
        Name: 'My\0Group',
        Introduction: 'intro',
        Notification: '',
        FaceUrl: 'https://img.example/1.png',
        Owner_Account: 'leckie',
        CreateTime: 1426976500,
        InfoSeq: 8,
        LastInfoTime: 1426976500,
        LastMsgTime: 1426976600,
        NextMsgSeq: 1234,
        MemberNum: 2,
        MaxMemberNum: 50,
        ApplyJoinOption: 'NeedPermission',
        InviteJoinOption: 'FreeAccess',
        MuteAllMember: 'Off',
        AppDefinedData: [
          { Key: 'tier', Value: 'gold' },
          { Key: 'other', Value: 'x' },
        ],
        Appid: 7,
      }),
    ).toEqual({
      groupId: '@TGS#1',
      type: 'Private',
      name: 'My␀Group',
      ownerId: 'leckie',
      memberCount: 2,
      maxMembers: 50,
      muteAll: false,
      joinMode: 'approval',
      createdAt: 1426976500000,
      attributes: {
        introduction: 'intro',
        face_url: 'https://img.example/1.png',
        invite_join_option: 'FreeAccess',
        custom: { tier: 'gold' },
      },
      live: {
        next_msg_seq: 1234,
        info_seq: 8,
        last_info_time: '2015-03-21T22:21:40.000Z',
        last_msg_time: '2015-03-21T22:23:20.000Z',
      },
    })
  })

  it('T-18 is muted under either name', () => {
    expect(group({ MuteAllMember: 'On' })).toMatchObject({ muteAll: true })
    expect(group({ ShutUpAllMember: 'On' })).toMatchObject({ muteAll: true })
    expect(group({ ShutUpAllMember: 'Off' })).toMatchObject({ muteAll: false })
    expect(group()).toMatchObject({ muteAll: null })
  })

  it('T-21 has no owner and no time where the vendor has none', () => {
    const nobody = { ownerId: null, live: null, createdAt: null, memberCount: null }
    expect(group({ Owner_Account: '', LastMsgTime: 0, CreateTime: 0 })).toMatchObject(nobody)
    expect(group()).toMatchObject(nobody)
  })

  it.each([
    ['Meeting', 'ChatRoom'],
    ['ChatRoom', 'ChatRoom'],
    ['Private', 'Private'],
    ['Tomorrow', 'Tomorrow'],
  ])('of type %s is a %s', (Type, type) => expect(group({ Type })).toMatchObject({ type }))

  it.each([{ Type: '' }, { Type: 7 }, { GroupId: 'a\0' }, { Owner_Account: 'a\0' }])('is refused: %j', (more) => {
    expect(typeof group(more)).toBe('string')
  })
})
