import { describe, expect, test } from 'vitest'
import { createNames, pseudonymOf } from '../../src/core/pseudonym.ts'
import { wouldForget } from '../../src/store/forget/forget.ts'
import { rejectHeld, heldCases } from '../../src/store/held.ts'
import { createIntake } from '../../src/sync/shared/hints.ts'
import { DIALECTS, VENDORS } from '../support/dialects.ts'
import { groupChanges, memberChanges, roll } from '../support/facts.ts'
import { type RigOptions, rowPlaces, shownRoll, trueRoll } from '../support/rig.ts'
import { rigsOfTest } from '../support/rigs-of-test.ts'
import { placesOf } from './search.ts'
import { A, forget, history, KEY, lived, MARK, renamed, who } from './story.ts'

/** Forgetting over a real database and the simulated vendors: the name is nowhere, the rest is as it was, and stays so. */

const rigOf = rigsOfTest()

describe.each(VENDORS)('an account of %s', (vendor) => {
  const dialect = DIALECTS[vendor]

  test('is nowhere, everything else is as it was, and later syncs keep it so', async () => {
    const rig = await lived(rigOf, vendor)
    const { pseudonym } = await who(rig)
    const before = await history(rig.pool, pseudonym)
    expect(await placesOf(rig.pool, MARK)).not.toEqual([])
    const asIs = await rowPlaces(rig.pool)
    const would = await wouldForget(rig.pool, await who(rig))
    expect(await rowPlaces(rig.pool)).toBe(asIs)
    expect(await placesOf(rig.pool, pseudonym)).toEqual([])

    const { replaced } = await forget(rig)
    expect(replaced).toEqual(would.replaced)
    expect(replaced).toMatchObject({ members: 3, stays: 1, groups: 0, held: 1 })
    expect(replaced.changes).toBeGreaterThanOrEqual(1)
    expect(await placesOf(rig.pool, MARK)).toEqual([])
    expect(await history(rig.pool, pseudonym)).toEqual(before)

    // The vendor still shows it, by name and with its cards: nothing has changed, and nothing of it comes back.
    const places = await rowPlaces(rig.pool)
    expect(await rig.sync()).toMatchObject({ members: { joined: 0, left: 0, changed: 0, held: 8 } })
    expect(await rowPlaces(rig.pool)).toBe(places)
    expect(await heldCases(rig.pool, {})).toMatchObject([{ accounts: expect.arrayContaining([pseudonym]) as unknown }])
    expect(await placesOf(rig.pool, MARK)).toEqual([])
  })

  test('lives on under its pseudonym: cards, roles, leaves and returns', async () => {
    const rig = await lived(rigOf, vendor)
    const { pseudonym } = await forget(rig)
    for (const { id } of await heldCases(rig.pool, {})) await rejectHeld(rig.pool, id)
    const [one, two, three] = [0, 1, 2].map((n) => dialect.groupId(n)) as [string, string, string]
    for (let n = 3; n < 10; n++) rig.world.join(three, `u${n}`)
    rig.world.updateMember(one, A, { nameCard: `${MARK} later card` })
    rig.world.setRole(one, 'u3', 'Member')
    rig.world.setRole(one, A, 'Owner')
    rig.world.leave(two, A)
    expect(await rig.sync()).toMatchObject({ verdict: 'complete' })
    expect(await shownRoll(rig.pool)).toEqual(renamed(trueRoll(rig), pseudonym))
    expect((await memberChanges(rig.pool)).filter((line) => line.startsWith(`${two} ${pseudonym} left`))).toHaveLength(
      2,
    )
    expect(await groupChanges(rig.pool)).toContain(`${one} owner`)
    rig.world.join(two, A, { nameCard: `${MARK} last card`, role: 'Admin' })
    rig.world.join(three, A)
    expect(await rig.sync()).toMatchObject({ verdict: 'complete', members: { joined: 2, left: 0 } })
    expect(await shownRoll(rig.pool)).toEqual(renamed(trueRoll(rig), pseudonym))
    expect(await rig.sync()).toMatchObject({ verdict: 'complete', groups: { unchanged: 3 } })
    expect(await placesOf(rig.pool, MARK)).toEqual([])
    const scope = { groups: [], accounts: [A] }
    expect(await rig.sync({ scope })).toMatchObject({ verdict: 'complete', groups: { seen: 3 } })
    expect(await placesOf(rig.pool, MARK)).toEqual([])
  })

  test('in groups walked page by page, and in very large ones', async () => {
    for (const largeFrom of [undefined, 0]) {
      const rig = await lived(rigOf, vendor, {
        quirks: dialect.smallPages,
        ...(largeFrom === undefined ? {} : { largeFrom }),
      } as RigOptions)
      const { pseudonym } = await forget(rig)
      const [one, two, three] = [0, 1, 2].map((n) => dialect.groupId(n)) as [string, string, string]
      for (let n = 3; n < 10; n++) rig.world.join(three, `u${n}`)
      rig.world.setRole(two, A, 'Admin')
      for (let n = 20; n < 140; n++) rig.world.join(one, `u${n}`)
      expect(await rig.sync()).toMatchObject({ verdict: 'complete' })
      expect(await shownRoll(rig.pool)).toEqual(renamed(trueRoll(rig), pseudonym))
      rig.world.leave(one, A)
      expect(await rig.sync()).toMatchObject({ verdict: 'complete', members: { left: 1 } })
      expect(await shownRoll(rig.pool)).toEqual(renamed(trueRoll(rig), pseudonym))
      expect(await placesOf(rig.pool, MARK)).toEqual([])
    }
  })
})

describe('what stops a sync rather than bring a name back', () => {
  test.each([
    ['no key', null],
    ['another key', 'a'.repeat(20) + '0123456789abcdef0123456789abcdef'],
  ])('%s', async (_, key) => {
    const rig = await lived(rigOf, 'tencent')
    await forget(rig)
    await rig.sync()
    const places = await rowPlaces(rig.pool)
    Object.assign(rig.source, { pseudonyms: { key, everybody: false } })
    await expect(rig.sync()).rejects.toThrow(/1 account\(s\) of "acme" are forgotten, and ROLLCALL_PSEUDONYM_KEY is/)
    expect(await rowPlaces(rig.pool)).toBe(places)
    expect(await placesOf(rig.pool, MARK)).toEqual([])
  })
})

describe('what waits', () => {
  test('hints of webhooks, before and after', async () => {
    const rig = await lived(rigOf, 'tencent')
    const { sourceNo, pseudonym } = await who(rig)
    const hinted = { name: 'acme', kind: 'tencent', sourceNo, windowMs: 3_600_000 } as const
    const source = { ...hinted, pseudonyms: { key: KEY, everybody: false } }
    await using intake = createIntake({ pool: rig.pool, log: rig.deps.log }, [source], async () => {})
    const move = (groupId: string) =>
      intake.take('acme', { groupIds: [groupId], moves: [{ accountId: A, kind: 'joined', at: rig.clock.now() }] })
    await move('@TGS#early')
    expect(await placesOf(rig.pool, A)).toContain('rollcall.hint.moves (1)')
    await forget(rig)
    expect(await placesOf(rig.pool, MARK)).toEqual([])
    await move('@TGS#late') // the receiver has the names of before still in hand
    expect(await placesOf(rig.pool, MARK)).toEqual([])
    const { rows } = await rig.pool.query<{ said: string }>('SELECT moves::text AS said FROM rollcall.hint')
    expect(rows.filter(({ said }) => said.includes(pseudonym))).toHaveLength(2)
  })

  test('sentences name the pseudonym, others keep their names', async () => {
    const rig = await lived(rigOf, 'tencent')
    const { pseudonym, sourceNo } = await who(rig)
    const says = (name: string) => `2 members not listed, e.g. ${name}: kept; ${name}s, x${name}, "${name}".`
    await rig.pool.query('UPDATE rollcall.run SET reason = $1 WHERE source_no = $2', [says(A), sourceNo])
    await forget(rig)
    const { rows } = await rig.pool.query<{ reason: string }>('SELECT DISTINCT reason FROM rollcall.run')
    expect(rows).toEqual([{ reason: `2 members not listed, e.g. ${pseudonym}: kept; ${A}s, x${A}, "${pseudonym}".` }])
  })
})

test('who brought others in, and records that could not be understood', async () => {
  let strange = false
  const rig = await lived(rigOf, 'yunxin', {
    garble: (endpoint, text) => {
      const invited = text.replaceAll('"invitor_account_id":null', `"invitor_account_id":"${A.toUpperCase()}"`)
      if (!strange || endpoint !== 'teamMembers') return invited
      return invited
        .replaceAll(new RegExp(`("account_id":"${A}".*?"member_role":)\\d`, 'g'), `$1"${MARK}"`)
        .replaceAll('"account_id":"u5"', `"account_id":["${A}"]`)
    },
  })
  const { pseudonym } = await who(rig)
  strange = true
  await rig.sync()
  expect(await placesOf(rig.pool, MARK)).toEqual(
    expect.arrayContaining([
      expect.stringContaining('bad_record.reason'),
      expect.stringContaining('member.attributes'),
      expect.stringContaining('group_receipt.reason'),
    ]),
  )
  const before = await history(rig.pool, pseudonym)
  await forget(rig)
  expect(await placesOf(rig.pool, MARK)).toEqual([])
  expect(await history(rig.pool, pseudonym)).toEqual(before)
  const places = await rowPlaces(rig.pool)
  expect(await rig.sync()).toMatchObject({ members: { joined: 0, left: 0, changed: 0 } })
  expect(await placesOf(rig.pool, MARK)).toEqual([])
  strange = false
  await rig.sync()
  expect(await rowPlaces(rig.pool)).toBe(places)
  const { rows } = await rig.pool.query(
    "SELECT DISTINCT attributes ->> 'invitor_account_id' AS by FROM rollcall.member WHERE account_id <> $1",
    [pseudonym],
  )
  expect(rows).toEqual([{ by: pseudonym }])
  expect(await placesOf(rig.pool, MARK)).toEqual([])
})

test('whoever read the names before may write nothing after', async () => {
  const rig = await lived(rigOf, 'tencent')
  const { memberPage, details } = rig.source.vendor
  let once = true
  const late = async <T>(answer: Promise<T>): Promise<T> => {
    const said = await answer
    if (once) await forget(rig)
    once = false
    return said
  }
  Object.assign(rig.source.vendor, {
    details: (...args: Parameters<typeof details>) => late(details(...args)),
    memberPage: (...args: Parameters<typeof memberPage>) => late(memberPage(...args)),
  })
  rig.world.createGroup({ groupId: '@TGS#new', type: 'Public', name: 'new' })
  rig.world.join('@TGS#new', A, { role: 'Owner', nameCard: `${MARK} card` })
  await expect(rig.sync()).rejects.toThrow('An account was forgotten while this ran')
  expect(await placesOf(rig.pool, MARK)).toEqual([])
  await rig.sync()
  expect(await roll(rig.pool, '@TGS#new')).toEqual([(await who(rig)).pseudonym])
  expect(await placesOf(rig.pool, MARK)).toEqual([])
})

test('a pseudonym is the same each time, another with another key or source, and its own pseudonym', () => {
  const names = createNames({
    key: KEY,
    source: 'acme',
    forgets: 1,
    forgotten: new Set([pseudonymOf(KEY, 'acme', 'ann')]),
    everybody: false,
    ignoresCase: true,
    said: ['bob', 'ann'],
  })
  const kept = names.of('ann')
  expect(kept).toMatch(/^anon-[a-z2-7]{26}$/)
  expect([names.of('ANN'), names.of(kept), names.of('bob')]).toEqual([kept, kept, 'bob'])
  expect([names.clear(kept), names.clear('bob')]).toEqual([null, 'bob'])
  const bad = (accountId: string | null, reason: string) => names.bad({ accountId, field: 'role', reason }).reason
  expect(bad(null, '{"member":"ann with a long na is not a member')).toBe('(not kept)')
  expect(bad('ann', '"ann" is not a role')).toBe('(not kept)')
  expect(bad('bob', '{"owner":"bob","member":"Ann"} names two accounts')).toBe(
    `{"owner":"bob","member":"${kept}"} names two accounts`,
  )
  expect(new Set([kept, pseudonymOf(KEY, 'other', 'ann'), pseudonymOf(`${KEY}x`, 'acme', 'ann')]).size).toBe(3)
})
