import { describe, expect, test } from 'vitest'
import { pseudonymOf } from '../../src/core/pseudonym.ts'
import { createRandom } from '../../src/simulator/random.ts'
import { DIALECTS, VENDORS } from '../support/dialects.ts'
import { memberChanges } from '../support/facts.ts'
import { type Rig, type RigOptions, rowPlaces, shownRoll, trueRoll } from '../support/rig.ts'
import { rigsOfTest } from '../support/rigs-of-test.ts'
import { placesOf } from './search.ts'
import { KEY, MARK } from './story.ts'

/** A source that keeps nobody by name: the same truth, under pseudonyms. */

const rigOf = rigsOfTest()

async function nameless(options: RigOptions): Promise<Rig> {
  const rig = await rigOf(options)
  Object.assign(rig.source, { pseudonyms: { key: KEY, everybody: true } })
  return rig
}
/** The truth of the world with every account by its pseudonym. */
function truth(rig: Rig): ReturnType<typeof trueRoll> {
  return Object.fromEntries(
    Object.entries(trueRoll(rig)).map(([groupId, { name, members }]) => [
      groupId,
      {
        name,
        members: Object.fromEntries(
          Object.entries(members).map(([account, role]) => [pseudonymOf(KEY, 'acme', account), role]),
        ),
      },
    ]),
  )
}

describe.each(VENDORS)('%s', (vendor) => {
  const dialect = DIALECTS[vendor]
  test.each([
    ['as it comes', {}],
    ['page by page', { quirks: dialect.smallPages }],
    ['in very large groups', { quirks: dialect.smallPages, largeFrom: 0 }],
  ] as [string, RigOptions][])(
    'the roll and its changes are true under pseudonyms, and no name is anywhere: %s',
    async (_, how) => {
      const rig = await nameless({ vendor, ...how })
      const random = createRandom(5)
      const [type = ''] = dialect.types
      for (let g = 0; g < 4; g++) {
        const groupId = dialect.groupId(g)
        rig.world.createGroup({ groupId, type, name: `group ${g}` })
        for (let n = 0; n < 120; n++) {
          rig.world.join(groupId, `${MARK}${n}`, {
            role: n === g ? 'Owner' : n === g + 1 ? 'Admin' : 'Member',
            nameCard: `${MARK} card ${n}`,
            custom: { badge: `${MARK} badge` },
          })
        }
      }
      expect(await rig.sync()).toMatchObject({ verdict: 'complete', members: { joined: 480 } })
      expect(await shownRoll(rig.pool)).toEqual(truth(rig))
      const places = await rowPlaces(rig.pool)
      expect(await rig.sync()).toMatchObject({ verdict: 'complete', groups: { unchanged: 4 } })
      expect(await rowPlaces(rig.pool)).toBe(places)

      const expected: string[] = []
      for (let change = 0; change < 20; change++) {
        const groupId = dialect.groupId(random.int(4))
        const account = `${MARK}${10 + random.int(100)}`
        if (rig.world.groups.get(groupId)?.members.has(account) !== true) continue
        rig.world.leave(groupId, account)
        expected.push(`${groupId} ${pseudonymOf(KEY, 'acme', account)} left member`)
      }
      rig.world.updateMember(dialect.groupId(0), `${MARK}5`, { nameCard: `${MARK} new card` })
      const before = (await memberChanges(rig.pool)).length
      expect(await rig.sync()).toMatchObject({ verdict: 'complete', members: { left: expected.length, changed: 0 } })
      expect((await memberChanges(rig.pool)).slice(before).toSorted()).toEqual(expected.toSorted())
      expect(await shownRoll(rig.pool)).toEqual(truth(rig))
      // A person may ask by the name: it goes to the vendor, and no further.
      const scope = { groups: [], accounts: [`${MARK}0`] }
      expect(await rig.sync({ scope })).toMatchObject({ verdict: 'complete', groups: { seen: 4 } })
      await rig.pool.query('ANALYZE')
      expect(await placesOf(rig.pool, MARK)).toEqual([])
    },
  )
})

test('comes too late for a source that has names, and is not taken back', async () => {
  const rig = await rigOf({ vendor: 'tencent' })
  rig.world.createGroup({ groupId: '@TGS#1', type: 'Public', name: 'one' })
  rig.world.join('@TGS#1', 'ann', { role: 'Owner' })
  await rig.sync()
  Object.assign(rig.source, { pseudonyms: { key: KEY, everybody: true } })
  await expect(rig.sync()).rejects.toThrow('pseudonymize: true comes too late for it')
  await expect(rig.sync({ dryRun: true })).rejects.toThrow('pseudonymize: true comes too late for it')
  const other = await nameless({ vendor: 'tencent' })
  other.world.createGroup({ groupId: '@TGS#1', type: 'Public', name: 'one' })
  other.world.join('@TGS#1', 'ann', { role: 'Owner' })
  const dry = await other.sync({ dryRun: true })
  expect(dry.changes?.map(({ accountId }) => accountId)).toEqual([null, pseudonymOf(KEY, 'acme', 'ann')])
  await other.sync()
  for (const pseudonyms of [undefined, { key: KEY, everybody: false }]) {
    Object.assign(other.source, { pseudonyms })
    await expect(other.sync()).rejects.toThrow('put pseudonymize: true back')
  }
  Object.assign(other.source, { pseudonyms: { key: `${KEY}x`, everybody: true } })
  await expect(other.sync()).rejects.toThrow('is another key')
  Object.assign(other.source, { pseudonyms: { key: KEY, everybody: true } })
  expect(await other.sync()).toMatchObject({ verdict: 'complete' })
})
