import type { Pool } from 'pg'
import { describe, expect, test } from 'vitest'
import { createNames, pseudonymOf } from '../../src/core/pseudonym.ts'
import { forgetAccount, type Forgetting, wouldForget } from '../../src/store/forget/forget.ts'
import { rejectHeld, heldCases } from '../../src/store/held.ts'
import { createIntake } from '../../src/sync/shared/hints.ts'
import { DIALECTS, VENDORS } from '../support/dialects.ts'
import { groupChanges, memberChanges } from '../support/facts.ts'
import { type Rig, type RigOptions, rowPlaces, shownRoll, trueRoll } from '../support/rig.ts'
import { rigsOfTest } from '../support/rigs-of-test.ts'
import { placesOf } from './search.ts'

/** Forgetting over a real database and the simulated vendors: the name is nowhere, the rest is as it was, and stays so. */

const rigOf = rigsOfTest()
const KEY = '5f1d0c3a9b8e7f6a5d4c3b2a19080706f5e4d3c2b1a09f8e'
/** In everything that is of this person: the account, its name cards, its custom fields. */
const MARK = 'zqmarked'
const A = `${MARK}.person`

async function keyed(options: RigOptions): Promise<Rig> {
  const rig = await rigOf(options)
  Object.assign(rig.source, { pseudonyms: { key: KEY, everybody: false }, leaveGuard: { count: 5, percent: 30 } })
  return rig
}
async function who(rig: Rig): Promise<Forgetting> {
  const sourceNo = await rig.deps.runs.source('acme', rig.source.vendor.kind)
  const exactCase = rig.source.vendor.kind === 'tencent'
  return { sourceNo, accountId: A, pseudonym: pseudonymOf(KEY, 'acme', A), exactCase }
}
const forget = async (rig: Rig) => forgetAccount(rig.pool, await who(rig))
const renamed = (truth: ReturnType<typeof trueRoll>, pseudonym: string): typeof truth =>
  JSON.parse(JSON.stringify(truth).replaceAll(A, pseudonym)) as typeof truth

/** All that users see of members, with the name and what was the person's own blanked. */
async function history(pool: Pool, pseudonym: string): Promise<string[]> {
  const { rows } = await pool.query<{ line: string; own: boolean }>(
    `SELECT 'change ' || c::text AS line FROM rollcall.member_changes c
     UNION ALL SELECT 'stay ' || i::text FROM rollcall.membership_intervals i
     UNION ALL SELECT 'group ' || g::text FROM rollcall.group_changes g
     UNION ALL SELECT 'now ' || m::text FROM rollcall.current_members m
     UNION ALL SELECT 'owner ' || concat_ws(' ', group_id, owner_id, coverage) FROM rollcall.current_groups
     UNION ALL SELECT 'run ' || concat_ws(' ', id, verdict, members_joined, members_left, members_changed) FROM rollcall.runs`,
  )
  return rows
    .map(({ line }) => line.replaceAll(A, pseudonym))
    .map((line) => (line.includes(pseudonym) ? withoutOwn(line) : line))
    .sort()
}
/** Without the values of name cards and attributes. */
function withoutOwn(line: string): string {
  if (line.startsWith('now ')) return line.split(',').slice(0, 4).join()
  return line
    .replaceAll(/""name_card"": (null|""[^"]*"")/g, 'card')
    .replaceAll(/""attributes"": (null|\{[^{}]*(\{[^{}]*\})?[^{}]*\})/g, 'attributes')
}

/** Three groups with a history of the person: owner of one, gone and back in another, held back in the third. */
async function lived(vendor: (typeof VENDORS)[number], options: RigOptions = {}): Promise<Rig> {
  const dialect = DIALECTS[vendor]
  const rig = await keyed({ vendor, ...options })
  const { world } = rig
  const [type = ''] = dialect.types
  const groups = [0, 1, 2].map((n) => dialect.groupId(n))
  const [one = '', two = '', three = ''] = groups
  for (const groupId of groups) {
    world.createGroup({ groupId, type, name: `group ${groupId}` })
    for (let n = 0; n < 12; n++) world.join(groupId, `u${n}`, { role: n === 0 && groupId !== one ? 'Owner' : 'Member' })
  }
  world.join(one, A, { role: 'Owner', nameCard: `${MARK} card`, custom: { badge: `${MARK} badge` } })
  world.join(two, A, { nameCard: `${MARK} card`, custom: { badge: `${MARK} badge` } })
  world.join(three, A)
  await rig.sync()
  world.updateMember(two, A, { nameCard: `${MARK} other card`, custom: { badge: `${MARK} other badge` } })
  world.setRole(two, A, 'Admin')
  await rig.sync()
  world.leave(two, A)
  world.setRole(one, A, 'Member')
  world.setRole(one, 'u3', 'Owner')
  await rig.sync()
  world.join(two, A, { nameCard: `${MARK} third card` })
  world.leave(three, A)
  for (let n = 3; n < 10; n++) world.leave(three, `u${n}`)
  await rig.sync()
  expect(await heldCases(rig.pool, {})).toMatchObject([{ accounts: expect.arrayContaining([A]) as unknown }])
  await rig.pool.query('ANALYZE')
  return rig
}

describe.each(VENDORS)('an account of %s', (vendor) => {
  const dialect = DIALECTS[vendor]

  test('is nowhere, everything else is as it was, and later syncs keep it so', async () => {
    const rig = await lived(vendor)
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
    const rig = await lived(vendor)
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
    expect((await memberChanges(rig.pool)).filter((line) => line.startsWith(`${two} ${pseudonym} left`))).toHaveLength(2)
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
      const rig = await lived(vendor, {
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
    const rig = await lived('tencent')
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
    const rig = await lived('tencent')
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
    const rig = await lived('tencent')
    const { pseudonym, sourceNo } = await who(rig)
    const says = (name: string) => `2 members not listed, e.g. ${name}: kept; ${name}s, x${name}, "${name}".`
    await rig.pool.query('UPDATE rollcall.run SET reason = $1 WHERE source_no = $2', [says(A), sourceNo])
    await forget(rig)
    const { rows } = await rig.pool.query<{ reason: string }>('SELECT DISTINCT reason FROM rollcall.run')
    expect(rows).toEqual([{ reason: `2 members not listed, e.g. ${pseudonym}: kept; ${A}s, x${A}, "${pseudonym}".` }])
  })
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
  expect(new Set([kept, pseudonymOf(KEY, 'other', 'ann'), pseudonymOf(`${KEY}x`, 'acme', 'ann')]).size).toBe(3)
})
