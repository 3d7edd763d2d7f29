import { describe, expect, it } from 'vitest'
import { parseExact } from '../../src/vendors/json.ts'
import { joinModeOf, parseGroup } from '../../src/vendors/easemob/parse-group.ts'
import { parseMember, parseMembers } from '../../src/vendors/easemob/parse-member.ts'
import { pack } from '../../src/vendors/easemob/pack.ts'
import { accountReader, groupIdOf, muteOf, timeOf } from '../../src/vendors/easemob/words.ts'
import { NOW } from './easemob-scripted.ts'

const accountOf = accountReader('acme#im')
const group = {
  id: '100743775354882',
  name: 'team A',
  avatar: 'https://img.example/a.png',
  description: 'd',
  membersonly: true,
  allowinvites: false,
  maxusers: 2000,
  owner: 'user1',
  created: 1682588716646,
  custom: '',
  mute: false,
  affiliations_count: 2,
  disabled: false,
  affiliations: [{ member: 'user2' }, { owner: 'user1' }],
  public: false,
}

describe('ids and units', () => {
  it.each([
    ['acme#im_user_1', 'user_1'],
    ['Acme#IM_User_1', 'user_1'],
    ['User.A-1', 'user.a-1'],
    ['acme#imx_user', 'acme#imx_user'],
    [12345, '12345'],
    ['acme#im_', undefined],
    ['', undefined],
    [null, undefined],
    ['a\0', undefined],
  ])('E-08 account %j is %j', (written, account) => expect(accountOf(written)).toBe(account))

  it('an org and an app with "_" in them are cut off whole', () =>
    expect(accountReader('a_b#c_d')('a_b#c_d_e_f')).toBe('e_f'))

  it('a group id beyond 2^53 keeps every digit, as text and as a number, under all names', () => {
    const rows = parseExact(
      '[{"id":999999999999999999},{"groupid":"100743775354882"},{"groupId":9007199254740993},{"id":7}]',
    )
    const ids = Array.isArray(rows) ? rows.map(groupIdOf) : []
    expect(ids).toEqual(['999999999999999999', '100743775354882', '9007199254740993', '7'])
  })

  it('what is no JSON is undefined, in both parsers', () => {
    for (const text of ['<html>', '', '{"a":1', '{"a":12345678901234567']) expect(parseExact(text)).toBeUndefined()
  })

  it('E-09 times are ms, as number or text; 12 digits are none', () => {
    expect([1441021038124, '1441021038124', 164258993264, 0, null, 'soon', 1e15].map(timeOf)).toEqual([
      1441021038124,
      1441021038124,
      ...Array(5).fill(undefined),
    ])
  })

  it('a mute without an end has none', () => {
    const for_ever = [-1, '-1', 0, null, undefined, 4638873600000, Number.MAX_SAFE_INTEGER]
    for (const expire of for_ever) expect(muteOf(expire, NOW)).toBe(Number.POSITIVE_INFINITY)
    expect([NOW - 1, NOW, NOW + 1, String(NOW + 2), 'x', {}].map((expire) => muteOf(expire, NOW))).toEqual([
      null,
      null,
      NOW + 1,
      NOW + 2,
      undefined,
      undefined,
    ])
  })
})

describe('a group', () => {
  it('has all its fields', () =>
    expect(parseGroup(group, accountOf)).toEqual({
      groupId: '100743775354882',
      type: 'private',
      name: 'team A',
      ownerId: 'user1',
      memberCount: 2,
      maxMembers: 2000,
      muteAll: false,
      joinMode: 'closed',
      createdAt: 1682588716646,
      attributes: { description: 'd', avatar: 'https://img.example/a.png', members_only: true },
      live: null,
    }))

  it('E-15 decodes as in 2023, and with hardly anything', () => {
    const { avatar: _, affiliations: __, ...old } = group
    expect(parseGroup({ ...old, permission: 'member' }, accountOf)).toMatchObject({ memberCount: 2 })
    expect(parseGroup({ id: '1' }, accountOf)).toMatchObject({ groupId: '1', type: 'private', joinMode: null })
    expect(parseGroup({ name: 'x' }, accountOf)).toMatch('id')
  })

  it('E-09 E-10 keeps the last change current and custom texts exact', () => {
    const shown = { ...group, lastModified: '1441021038124', custom: 'a\0', owner: 'acme#im_User1', disabled: true }
    expect(parseGroup(shown, accountOf)).toMatchObject({
      ownerId: 'user1',
      live: { last_modified: '2015-08-31T11:37:18.124Z' },
      attributes: { custom: { base64: 'YQA=' }, disabled: true },
    })
  })

  it.each([
    [true, false, 'free'],
    [true, true, 'approval'],
    [false, true, 'closed'],
    [false, false, 'closed'],
    [undefined, true, null],
  ] as const)('public %s, members only %s: %s', (isPublic, membersOnly, mode) =>
    expect(joinModeOf(isPublic, membersOnly)).toBe(mode),
  )
})

describe('members', () => {
  it('E-16 an owner and a member, with join time, without, with a time of 12 digits', () => {
    const { rows, bad } = parseMembers(
      [
        { joined_time: 1642589932646, owner: 'User1' },
        { member: 'user2', joined_time: 164258993264 },
        { member: 'u3' },
      ],
      null,
      accountOf,
    )
    expect(bad).toEqual([])
    expect(rows.map(({ accountId, role, joinedAt }) => [accountId, role, joinedAt])).toEqual([
      ['user1', 'owner', 1642589932646],
      ['user2', 'member', undefined],
      ['u3', 'member', undefined],
    ])
  })

  it('an owner listed twice stays the owner; bare names are members, or the owner', () => {
    const roles = (list: unknown[]) => parseMembers(list, 'o', accountOf).rows.map(({ role }) => role)
    expect(roles([{ owner: 'a' }, { member: 'A' }])).toEqual(['owner', 'owner'])
    expect(roles(['O', 'p'])).toEqual(['owner', 'member'])
  })

  it.each([[{}], [{ member: null }], [null], [{ owner: 'a', member: 'b' }], [{ member: '' }], [true]])(
    '%j is a bad record',
    (row) => expect(parseMember(row, null, accountOf)).toHaveProperty('reason'),
  )
})

describe('E-13 batches', () => {
  const hints = (count: number, memberCount?: number) =>
    Array.from({ length: count }, (_, n) => ({
      groupId: `${n + 10}`,
      ...(memberCount === undefined ? {} : { memberCount }),
    }))

  it('by number: 101 in 100 + 1', () => expect(pack(hints(101)).map((batch) => batch.length)).toEqual([100, 1]))

  it('by what comes along', () => {
    expect(pack(hints(5, 8000)).map((batch) => batch.length)).toEqual([2, 2, 1])
    expect(pack(hints(3, Number.POSITIVE_INFINITY)).map((batch) => batch.length)).toEqual([2, 1])
    expect(pack([])).toEqual([])
  })

  it('what is no id goes alone', () =>
    expect(pack([...hints(2), { groupId: 'a,b' }, { groupId: '..' }]).map((batch) => batch.length)).toEqual([2, 1, 1]))
})
