import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { GroupHint } from '../../src/core/group.ts'
import { ANSWER_BUDGET, createSizes } from '../../src/vendors/tencent/sizes.ts'
import { pack } from '../../src/vendors/tencent/pack.ts'
import { ok, scripted } from './scripted.ts'

const hint = (groupId: string, memberCount: number | null = 2, type = 'Public'): GroupHint => ({
  groupId,
  type,
  memberCount,
  known: true,
})
const member = (n: number) => ({ Member_Account: `u${n}`, Role: 'Member', JoinTime: 1425976500 })
const found = (GroupId: string, rows: number | null = 2, more: object = {}) => ({
  GroupId,
  ErrorCode: 0,
  Type: 'Public',
  MemberNum: rows ?? 2,
  ...(rows !== null && { MemberList: Array.from({ length: rows }, (_, n) => member(n)) }),
  ...more,
})

describe('packing for get_group_info', () => {
  it('puts every group into one batch, within the number and the bytes, near the least number of batches', () => {
    const hints = fc.array(
      fc.record({
        count: fc.option(fc.integer({ min: 0, max: 6000 })),
        type: fc.constantFrom('Public', 'Public', 'AVChatRoom', 'Community', undefined),
      }),
      { maxLength: 400 },
    )
    fc.assert(
      fc.property(hints, (given) => {
        const sizes = createSizes()
        const asked = given.map(
          ({ count, type }, n): GroupHint => ({ groupId: `g${n}`, memberCount: count, type: type ?? null }),
        )
        const batches = pack(asked, sizes)
        expect(
          batches
            .flat()
            .map(({ groupId }) => groupId)
            .sort(),
        ).toEqual(asked.map(({ groupId }) => groupId).sort())
        let bytes = 0
        let along = 0
        for (const batch of batches) {
          expect(batch.length).toBeLessThanOrEqual(50)
          const alike = new Set(batch.map((one) => sizes.along(one)))
          expect(alike.size).toBe(1)
          if (!alike.has(true)) continue
          const sum = batch.reduce((total, one) => total + sizes.bytes(one), 0)
          expect(sum).toBeLessThanOrEqual(ANSWER_BUDGET)
          bytes += sum
          along += batch.length
        }
        const bare = asked.length - along
        const least = Math.ceil(bare / 50) + Math.max(Math.ceil(along / 50), Math.ceil(bytes / ANSWER_BUDGET))
        expect(batches.length).toBeLessThanOrEqual(1.7 * least + 1)
      }),
    )
  })

  it('T-13 splits 51 groups 50 + 1', () => {
    const small = Array.from({ length: 51 }, (_, n) => hint(`g${n}`))
    expect(pack(small, createSizes()).map((batch) => batch.length)).toEqual([50, 1])
  })

  it('needs hardly more than the fewest batches, by number and by bytes', () => {
    const sizes = createSizes()
    const batchesOf = (groups: number, most: number) => {
      const many = Array.from({ length: groups }, (_, n) => hint(`g${n}`, (n * 7919) % most))
      const bytes = many.reduce((sum, one) => sum + sizes.bytes(one), 0)
      return pack(many, sizes).length / Math.max(Math.ceil(groups / 50), Math.ceil(bytes / ANSWER_BUDGET))
    }
    expect(batchesOf(20_000, 130)).toBe(1)
    expect(batchesOf(20_000, 400)).toBeLessThan(1.02)
    expect(batchesOf(20_000, 1500)).toBeLessThan(1.1)
  })

  it('learns a cap of the server’s, but not from churn', () => {
    const sizes = createSizes()
    for (let n = 0; n < 9; n++) sizes.sawList(97, 100)
    expect(sizes.along(hint('g', 3000))).toBe(true)
    for (let n = 0; n < 3; n++) sizes.sawList(30, 500)
    expect([sizes.along(hint('g', 30)), sizes.along(hint('g', 31))]).toEqual([true, false])
    sizes.sawList(80, 80)
    expect(sizes.along(hint('g', 80))).toBe(true)
  })
})

describe('details of groups', () => {
  it('asks small groups for everything, in one call, and gives their members', async () => {
    const { vendor, asked, signal } = scripted([ok({ GroupInfo: [found('b'), found('a', 0)] })])
    const answers = await vendor.details([hint('a', 0), hint('b')], signal)
    expect(asked.map(({ body }) => body)).toEqual([{ GroupIdList: ['a', 'b'] }])
    expect(answers).toMatchObject([
      { kind: 'found', group: { groupId: 'a', memberCount: 0 }, members: [], bad: [] },
      { kind: 'found', group: { groupId: 'b' }, members: [{ accountId: 'u0' }, { accountId: 'u1' }] },
    ])
  })

  it('keeps members out for groups too large for an answer, and for types that have none', async () => {
    const { vendor, asked, signal } = scripted(
      [ok({ GroupInfo: [found('a', null), found('b', null, { Type: 'AVChatRoom', MemberNum: 0 })] })],
      { customFields: { group: ['tier'], member: ['badge'] } },
    )
    const answers = await vendor.details([hint('a', 5000), hint('b', 7, 'AVChatRoom')], signal)
    expect(asked[0]?.body['ResponseFilter']).toEqual({
      GroupBaseInfoFilter: expect.arrayContaining(['Type', 'MemberNum', 'MuteAllMember', 'ShutUpAllMember']),
      AppDefinedDataFilter_Group: ['tier'],
    })
    expect(answers.map((answer) => answer.kind === 'found' && answer.members)).toEqual([null, null])
  })

  it('finds the field names that the server takes, and remembers them', async () => {
    const refused = { ActionStatus: 'FAIL', ErrorCode: 10004 }
    const info = ok({ GroupInfo: [found('a', null)] })
    const { vendor, asked, signal } = scripted([refused, info, info])
    await vendor.details([hint('a', 5000)], signal)
    await vendor.details([hint('a', 5000)], signal)
    const filters = asked.map(({ body }) => JSON.stringify(body['ResponseFilter']))
    expect(filters.map((text) => text.includes('ShutUpAllMember'))).toEqual([true, false, false])
  })

  it('gives every asked group one answer, whatever comes', async () => {
    const element = fc.oneof(
      fc.jsonValue(),
      fc.record({
        GroupId: fc.constantFrom('a', 'b', 'c', 'stranger', null),
        ErrorCode: fc.constantFrom(0, 10010, 10015, 10007, 60020, '10010', 'x', undefined, 99999),
        Type: fc.constantFrom('Public', undefined, 7),
        MemberList: fc.jsonValue(),
      }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(element), async (GroupInfo) => {
        const again = ok({ GroupInfo: [] })
        const { vendor, signal } = scripted([ok({ GroupInfo }), again])
        const answers = await vendor.details([hint('a'), hint('b'), hint('c')], signal)
        const ids = answers.map((answer) => (answer.kind === 'found' ? answer.group.groupId : answer.groupId))
        expect(ids.sort()).toEqual(['a', 'b', 'c'])
      }),
    )
  })

  it('believes elements, not the top; and the top only where there are none', async () => {
    const { vendor, signal } = scripted([
      { ActionStatus: 'FAIL', ErrorCode: 10010, GroupInfo: [found('a'), { GroupId: 'b', ErrorCode: 10010 }] },
      { ActionStatus: 'FAIL', ErrorCode: 10015 },
      { ActionStatus: 'FAIL', ErrorCode: 10015 },
      ok({}),
    ])
    const kinds = async (...hints: GroupHint[]) => (await vendor.details(hints, signal)).map(({ kind }) => kind)
    expect(await kinds(hint('a'), hint('b'), hint('c'))).toEqual(['found', 'gone', 'missing'])
    expect(await kinds(hint('a'), hint('b'))).toEqual(['missing', 'missing'])
    expect(await kinds(hint('b'))).toEqual(['badId'])
    expect(await kinds(hint('b'))).toEqual(['missing'])
  })

  it('does not say gone when the vendor says both', async () => {
    const { vendor, signal } = scripted([ok({ GroupInfo: [{ GroupId: 'a', ErrorCode: 10010 }, found('a')] })])
    expect(await vendor.details([hint('a')], signal)).toMatchObject([{ kind: 'failed' }])
  })

  it('asks again without members where they are what is refused', async () => {
    const { vendor, asked, signal } = scripted([
      ok({ GroupInfo: [found('a'), { GroupId: 'b', ErrorCode: 10007 }, { GroupId: 'c', ErrorCode: 10054 }] }),
      ok({ GroupInfo: [found('b', null), { GroupId: 'c', ErrorCode: 10007 }] }),
    ])
    const answers = await vendor.details([hint('a'), hint('b'), hint('c')], signal)
    expect(answers.map(({ kind }) => kind)).toEqual(['found', 'found', 'forbidden'])
    expect(asked[1]?.body['GroupIdList']).toEqual(['b', 'c'])
  })

  it('T-17 throws tooBig for a batch, and asks a single group without its members', async () => {
    const tooBig = { ActionStatus: 'FAIL', ErrorCode: 10018 }
    const { vendor, signal } = scripted([tooBig, tooBig, ok({ GroupInfo: [found('a', null)] })])
    await expect(vendor.details([hint('a'), hint('b')], signal)).rejects.toMatchObject({ fault: 'tooBig' })
    expect(await vendor.details([hint('a')], signal)).toMatchObject([{ kind: 'found', members: null }])
  })

  it('throws what is about no single group', async () => {
    const { vendor, signal } = scripted([{ ActionStatus: 'FAIL', ErrorCode: 60020 }])
    await expect(vendor.details([hint('a'), hint('b')], signal)).rejects.toMatchObject({ fault: 'stop' })
  })
})
