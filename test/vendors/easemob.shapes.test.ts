import { describe, expect, it } from 'vitest'
import type { Group } from '../../src/core/group.ts'
import { NOW, refused, scripted } from './easemob-scripted.ts'
import { all } from './scripted.ts'

/** Answers that the documents leave open: whatever comes, nobody is lost. */

const GROUP: Group = {
  groupId: '100',
  type: 'public',
  name: null,
  ownerId: 'o',
  memberCount: 1,
  maxMembers: null,
  muteAll: null,
  joinMode: null,
  createdAt: null,
  attributes: null,
  live: null,
}
const row = { accountId: 'a', role: 'member', nameCard: null, mutedUntil: null, joinedAt: 1 } as const
const member = { ...row, lastSpokeAt: null, attributes: null, live: null }
const page = (number: number) => ({ kind: 'page', page: number }) as const
const data = (...rows: unknown[]) => ({ data: rows, count: rows.length })
const hints = (...ids: string[]) => ids.map((groupId) => ({ groupId, known: true }))
const many = (count: number, from = 0) => Array.from({ length: count }, (_, n) => ({ groupid: `${n + from + 10}` }))

describe('the groups of an account', () => {
  const entities = (total: number, ...rows: unknown[]) => ({ entities: rows, count: rows.length, total })

  it('E-26 the old call: pages from 1, rows in data', async () => {
    const { vendor, paths, signal } = scripted([data(...many(100)), data(...many(100, 100)), data()])
    expect(await all(vendor.joinedGroups('User.1', signal))).toHaveLength(200)
    const url = '/users/user.1/joined_chatgroups?pagesize=100&pagenum='
    expect(paths).toEqual([`${url}1`, `${url}2`, `${url}3`])
  })

  it.each([
    refused(404, 'service_resource_not_found'),
    refused(404, 'RestGroupFeignException'),
    refused(405, 'web_application'),
    refused(501, 'x'),
    { status: 404, text: '<html>' },
  ])('E-26 E-27 the new call: pages from 0, rows in entities, after %j; and for good', async (absent) => {
    const { vendor, paths, signal } = scripted([
      absent,
      entities(25, ...many(20).map(({ groupid }) => ({ groupId: groupid, id: groupid, public: true }))),
      entities(25, ...many(5, 20)),
      entities(1, { id: '999999999999999999' }),
    ])
    const found = await all(vendor.joinedGroups('a b', signal))
    expect(new Set(found.map(({ groupId }) => groupId)).size).toBe(25)
    expect(found[0]).toEqual({ groupId: '10', type: 'public' })
    expect(await all(vendor.joinedGroups('c', signal))).toEqual([{ groupId: '999999999999999999' }])
    const url = '/chatgroups/user/a%20b?pagesize=20&pagenum='
    expect(paths.slice(1)).toEqual([`${url}0`, `${url}1`, '/chatgroups/user/c?pagesize=20&pagenum=0'])
  })

  it('an account that neither call knows is gone; a wrong app is not asked twice', async () => {
    const gone = refused(404, 'service_resource_not_found', 'Service resource not found')
    const { vendor, signal } = scripted([
      gone,
      { status: 404, text: '<html>' },
      refused(404, 'organization_application_not_found'),
    ])
    await expect(all(vendor.joinedGroups('x', signal))).rejects.toMatchObject({ fault: 'accountGone' })
    await expect(all(vendor.joinedGroups('x', signal))).rejects.toMatchObject({ fault: 'stop' })
  })

  it('once a call has answered, its 404 is about the account', async () => {
    const { vendor, paths, signal } = scripted([data(), refused(404, 'service_resource_not_found')])
    expect(await all(vendor.joinedGroups('a', signal))).toEqual([])
    await expect(all(vendor.joinedGroups('x', signal))).rejects.toMatchObject({ fault: 'accountGone' })
    expect(paths).toHaveLength(2)
  })

  it('a total that lies, no total at all, and a page that comes again', async () => {
    const absent = refused(405, 'web_application')
    const { vendor, signal } = scripted([absent, entities(99, ...many(3)), entities(99), { entities: many(3) }])
    expect(await all(vendor.joinedGroups('a', signal))).toHaveLength(3)
    expect(await all(vendor.joinedGroups('a', signal))).toHaveLength(3)
    const again = scripted([data(...many(100)), data(...many(100))])
    await expect(all(again.vendor.joinedGroups('a', again.signal))).rejects.toMatchObject({ code: 'repeats' })
  })
})

describe('the list of all groups', () => {
  it('E-05 E-10 sends the cursor escaped, reads rows under every name, skips what has no id', async () => {
    const { vendor, paths, signal } = scripted([
      { ...data({ groupid: '11', affiliations: 2 }, {}, null, { groupname: 'x' }), cursor: 'a+/=' },
      { ...data({ groupId: '12', affiliations: [{ owner: 'a' }] }), cursor: 'b' },
      { ...data(), cursor: '' },
    ])
    expect(await all(vendor.listGroups?.(signal))).toEqual([{ groupId: '11', memberCount: 2 }, { groupId: '12' }])
    expect(paths).toEqual(['', '&cursor=a%2B%2F%3D', '&cursor=b'].map((at) => `/chatgroups?limit=1000${at}`))
  })

  it('refuses a list that comes back to where it was, and asks a server of 2023 for less', async () => {
    const { vendor, paths, signal } = scripted([
      refused(400, 'illegal_argument'),
      { ...data(), cursor: 'a' },
      { ...data(), cursor: 'a' },
    ])
    await expect(all(vendor.listGroups?.(signal))).rejects.toMatchObject({ code: 'repeats' })
    expect(paths).toEqual(['?limit=1000', '?limit=100', '?limit=100&cursor=a'].map((query) => `/chatgroups${query}`))
  })
})

describe('details', () => {
  const found = (id: string, more = {}) => ({ id, owner: 'o', public: true, affiliations_count: 3, ...more })

  it.each([
    ['left out', []],
    ['as a text', ["group id doesn't exist"]],
    ['as an object', [{ error: "group id doesn't exist" }]],
    ['as an object with its id', [{ id: '102', error: "group id doesn't exist" }]],
    ['as null', [null]],
  ])('E-11 one of three is missing, %s', async (_, missing) => {
    const { vendor, paths, signal } = scripted([data(...missing, found('103'), found('101'))])
    const answers = await vendor.details(hints('101', '102', '103'), signal)
    expect(answers.map(({ kind }) => kind)).toEqual(['found', 'missing', 'found'])
    expect(paths).toEqual(['/chatgroups/101,102,103'])
  })

  it.each([refused(404, 'resource_not_found', 'grpID 101 does not exist!'), refused(400, 'illegal_argument'), data()])(
    'E-11 a batch of which nothing is there (%j) is all to be asked alone',
    async (answer) => {
      const { vendor, signal } = scripted([answer])
      const answers = await vendor.details(hints('101', '102'), signal)
      expect(answers.map(({ kind }) => kind)).toEqual(['missing', 'missing'])
    },
  )

  it.each([
    ['gone', refused(404, 'resource_not_found', 'grpID 100 does not exist!')],
    ['gone', refused(404, 'service_resource_not_found', 'Service resource not found')],
    ['failed', refused(404, 'resource_not_found', "user: a doesn't exist in group: 100")],
    ['failed', { status: 404, text: '<html>' }],
    ['forbidden', refused(403, 'forbidden_op')],
    ['missing', data()],
    ['badId', data("group id doesn't exist")],
    ['badId', data({ id: '100', error: 'not_found' })],
    ['missing', data('what?')],
    ['missing', data({ id: '200', error: "group id doesn't exist" })],
  ])('E-12 E-32 asked alone: %s for %j', async (kind, answer) => {
    const { vendor, signal } = scripted([answer])
    expect(await vendor.details(hints('100'), signal)).toMatchObject([
      { kind, ...(kind === 'found' ? {} : { groupId: '100' }) },
    ])
  })

  it('E-04 a wrong app ends everything, whatever was asked', async () => {
    const { vendor, signal } = scripted([refused(404, 'organization_application_not_found')])
    await expect(vendor.details(hints('100'), signal)).rejects.toMatchObject({ fault: 'stop' })
  })

  it('E-14 affiliations are no members, a group of nobody is proven', async () => {
    const affiliations = [{ owner: 'o' }, { member: 'a' }, { member: 'b' }]
    const { vendor, signal } = scripted([data(found('101', { affiliations }), found('102', { affiliations_count: 0 }))])
    const answers = await vendor.details(hints('101', '102'), signal)
    expect(answers).toMatchObject([{ members: null }, { members: [] }])
  })

  it('a batch too large is to be halved, an answer without rows repeated', async () => {
    const { vendor, signal } = scripted([{ status: 414, text: '<html>' }, { count: 0 }])
    await expect(vendor.details(hints('101', '102'), signal)).rejects.toMatchObject({ fault: 'tooBig' })
    await expect(vendor.details(hints('101', '102'), signal)).rejects.toMatchObject({ fault: 'retry', code: 'no rows' })
  })
})

describe('members', () => {
  it('learns whether the server gives more than 100 rows, and whether it takes 1000', async () => {
    const rows = (count: number) => data(...Array.from({ length: count }, (_, n) => ({ member: `u${n}` })))
    const { vendor, paths, signal } = scripted([rows(101), rows(100), refused(400, 'invalid_parameter'), rows(100)])
    const plan = (pageSize: number, sureSize: number) => ({ kind: 'page', pageSize, sureSize, firstPage: 1 })
    expect(vendor.walkPlan(GROUP)).toEqual(plan(1000, 100))
    await vendor.memberPage(GROUP, page(1), 1000, signal)
    expect(vendor.walkPlan(GROUP)).toEqual(plan(1000, 1000))
    await vendor.memberPage(GROUP, page(1), 1000, signal)
    expect(vendor.walkPlan(GROUP)).toEqual(plan(1000, 100))
    await vendor.memberPage(GROUP, page(2), 1000, signal)
    expect(vendor.walkPlan(GROUP)).toEqual(plan(100, 100))
    const url = '/chatgroups/100/users?pagenum='
    expect(paths.slice(1)).toEqual(
      ['1&pagesize=1000', '2&pagesize=1000', '2&pagesize=100'].map((at) => `${url}${at}&joined_time=true`),
    )
  })
})

describe('admins and mutes', () => {
  it('E-20 are laid over every row; the owner stays the owner; a cursor is followed', async () => {
    const { vendor, paths, signal } = scripted([
      { ...data('User3'), cursor: 'c+' },
      data({ user: 'A', expire: -1 }, { user: 'b', expire: NOW - 1 }, { user: 'user3', expire: NOW + 1 }),
      data('o'),
    ])
    const lay = await vendor.overlay?.(GROUP, signal)
    const laid = (accountId: string, role: 'owner' | 'member' = 'member') => {
      const found = lay?.({ ...member, accountId, role })
      return [found?.role, found?.mutedUntil, found?.joinedAt]
    }
    expect(laid('user3')).toEqual(['admin', NOW + 1, 1])
    expect(laid('o', 'owner')).toEqual(['owner', null, 1])
    expect(laid('a')).toEqual(['member', Number.POSITIVE_INFINITY, 1])
    expect(laid('b')).toEqual(['member', null, 1])
    expect(paths).toEqual(['/chatgroups/100/admin', '/chatgroups/100/mute', '/chatgroups/100/admin?cursor=c%2B'])
  })

  it.each([
    [refused(403, 'forbidden_op'), 'forbidden'],
    [refused(404, 'service_resource_not_found'), 'badId'],
    [refused(404, 'resource_not_found', 'grpID 100 does not exist!'), 'gone'],
    [{ count: 0 }, 'retry'],
    [data({ admin: 'a' }), 'bug'],
  ])('no role is lost in silence: %j', async (answer, fault) => {
    const { vendor, signal } = scripted([answer, data()])
    await expect(vendor.overlay?.(GROUP, signal)).rejects.toMatchObject({ fault })
  })

  it('a mute that cannot be understood fails the group', async () => {
    const { vendor, signal } = scripted([data(), data({ user: 'a', expire: 'soon' })])
    await expect(vendor.overlay?.(GROUP, signal)).rejects.toMatchObject({ fault: 'bug' })
  })
})

describe('E-22 E-23 the direct word', () => {
  it.each([
    ['in', { data: true }],
    ['out', { data: false }],
    ['unknown', { data: 'yes' }],
    ['unknown', {}],
    ['unknown', refused(404, 'resource_not_found', 'grpID 100 does not exist!')],
    ['unknown', refused(404, 'service_resource_not_found', 'Service resource not found')],
    ['unknown', { status: 404, text: '<html>' }],
    ['unknown', refused(403, 'forbidden_op')],
    ['out', refused(404, 'resource_not_found', "user: User1 doesn't exist in group: 100")],
    ['unknown', refused(404, 'resource_not_found', "user: user1 doesn't exist in group: 200")],
    ['unknown', refused(404, 'resource_not_found', "user: other doesn't exist in group: 100")],
  ])('%s for %j', async (presence, answer) => {
    const { vendor, paths, signal } = scripted([answer])
    const found = await vendor.confirm?.(GROUP, ['User1'], signal)
    expect([...(found ?? [])]).toEqual([['User1', presence]])
    expect(paths).toEqual(['/chatgroups/100/user/user1/is_joined'])
  })

  it('E-29 trouble is no word: it is thrown', async () => {
    const { vendor, signal } = scripted([refused(429, 'reach_limit')])
    await expect(vendor.confirm?.(GROUP, ['a'], signal)).rejects.toMatchObject({ fault: 'rateLimited' })
  })
})
