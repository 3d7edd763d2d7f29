import { describe, expect, it } from 'vitest'
import { parseExact } from '../../src/vendors/json.ts'
import { parseMember } from '../../src/vendors/yunxin/parse-member.ts'
import { missingIn, parseTeam } from '../../src/vendors/yunxin/parse-team.ts'
import { checkSum } from '../../src/vendors/yunxin/sign.ts'
import { tidOf, tidOfGroup } from '../../src/vendors/yunxin/team.ts'
import { team } from './yunxin.fixtures.ts'

describe('signature', () => {
  it('Y-01 the vector', () => {
    const sum = checkSum('fixture-app-secret', '4tgggergigwow323t23t', '1443592222')
    expect(sum).toBe('603354a94f62378b80a7326420b5a162d4317135')
  })
})

describe('JSON', () => {
  it('keeps whole numbers beyond 2^53 as their digits, and nothing else', () => {
    const text = '{"team_id":9223372036854775807,"a":[1,9007199254740991,9007199254740992],"b":0.1,"c":"1e400"}'
    expect(parseExact(text)).toEqual({
      team_id: '9223372036854775807',
      a: [1, 9007199254740991, '9007199254740992'],
      b: 0.1,
      c: '1e400',
    })
    expect(parseExact('{"team_id":17889}')).toEqual({ team_id: 17889 })
    expect([parseExact('<html>'), parseExact('{"a":12345678901234567890')]).toEqual([undefined, undefined])
  })
})

describe('ids', () => {
  it.each([
    [17889, '17889'],
    ['17889', '17889'],
    ['9223372036854775807', '9223372036854775807'],
    [2 ** 53, null],
    ['12345678901234567890', null],
    [-1, null],
    [1.5, null],
    ['017', null],
    [null, null],
  ])('%s is %s', (value, id) => {
    expect(tidOf(value)).toBe(id)
  })

  it('a shared id carries its type', () => {
    expect(['super/17889', '17889', 'super/', 'advanced/1', 'super/super/1'].map(tidOfGroup)).toEqual([
      '17889',
      '17889',
      null,
      null,
      null,
    ])
  })
})

describe('team', () => {
  it('fills the fields that all vendors share', () => {
    const raw = team({
      announcement: 'hi\0',
      icon: null,
      intro: '',
      server_extension: '{"a":1}',
      owner_account_id: 'Alice',
      configuration: { join_mode: '2', agree_mode: 0, chat_banned_mode: '3', update_team_info_mode: '1', odd: 7 },
    })
    expect(parseTeam(raw, '17889', 2)).toEqual({
      groupId: '17889',
      type: 'super',
      name: 'test',
      ownerId: 'alice',
      memberCount: 12,
      maxMembers: 200,
      muteAll: true,
      joinMode: 'closed',
      createdAt: 1506652312445,
      attributes: {
        announcement: 'hi\u2400',
        server_extension: '{"a":1}',
        update_team_info_mode: 1,
        chat_banned_mode: 3,
      },
      live: { update_time: '2018-03-15T02:48:45.400Z' },
    })
  })

  it('null, empty and absent are the same', () => {
    const empty = { icon: '', announcement: '', intro: '', server_extension: '', customer_extension: '' }
    const nulls = { icon: null, announcement: null, intro: null, server_extension: null, customer_extension: null }
    const parsed = [{}, empty, nulls].map((fields) => parseTeam(team(fields), '17889', 1))
    expect(parsed[1]).toEqual(parsed[0])
    expect(parsed[2]).toEqual(parsed[0])
  })

  it('words that nobody has explained are unknown, not wrong', () => {
    const raw = { team_id: 1, create_time: 'yesterday', configuration: { join_mode: 9, chat_banned_mode: 2 } }
    expect(parseTeam(raw, '1', 1)).toMatchObject({ joinMode: null, muteAll: null, createdAt: null, ownerId: null })
  })

  it('says what another call may tell', () => {
    expect(missingIn(team())).toBe('')
    expect(missingIn(team({ owner_account_id: null, configuration: undefined }))).toBe('owner_account_id,configuration')
  })
})

describe('member', () => {
  const row = (fields: Record<string, unknown> = {}) => ({
    team_id: 17889,
    account_id: 'alice',
    member_role: 1,
    team_nick: '',
    server_extension: '',
    chat_banned: false,
    join_time: 1506652312445,
    update_time: 1506652312446,
    invitor_account_id: null,
    ...fields,
  })

  it('fills the fields that all vendors share', () => {
    expect(parseMember(row())).toEqual({
      accountId: 'alice',
      role: 'owner',
      nameCard: null,
      mutedUntil: null,
      joinedAt: 1506652312445,
      lastSpokeAt: null,
      attributes: null,
      live: { update_time: '2017-09-29T02:31:52.446Z' },
    })
    const more = { account_id: 'BOB', member_role: '2', team_nick: 'Bo', chat_banned: true, server_extension: 'x' }
    expect(parseMember(row({ ...more, invitor_account_id: 'Alice', update_time: null }))).toMatchObject({
      accountId: 'bob',
      role: 'admin',
      nameCard: 'Bo',
      mutedUntil: Number.POSITIVE_INFINITY,
      attributes: { server_extension: 'x', invitor_account_id: 'alice' },
      live: null,
    })
  })

  it('a join time that does not come is unknown, one of 0 is none', () => {
    expect(parseMember(row({ join_time: undefined }))).toHaveProperty('joinedAt', undefined)
    expect(parseMember(row({ join_time: 0 }))).toHaveProperty('joinedAt', null)
    expect(parseMember(row({ join_time: '1506652312445' }))).toHaveProperty('joinedAt', 1506652312445)
  })

  it.each([
    [{ account_id: '' }, 'account_id'],
    [{ account_id: 7 }, 'account_id'],
    [{ account_id: 'a\0b' }, 'account_id'],
    [{ member_role: 3 }, 'member_role'],
    [{ member_role: undefined }, 'member_role'],
    [{ join_time: 1e18 }, 'join_time'],
    [{ join_time: 'soon' }, 'join_time'],
    [{ chat_banned: 'maybe' }, 'chat_banned'],
  ])('%o is a bad record', (fields, field) => {
    expect(parseMember(row(fields))).toMatchObject({ field, reason: expect.stringContaining('is not') })
  })
})
