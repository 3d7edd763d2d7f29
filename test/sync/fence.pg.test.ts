import { expect, test } from 'vitest'
import { knownGroups } from '../../src/store/known.ts'
import { writeReads } from '../../src/store/write.ts'
import { readDetails } from '../../src/sync/read-details.ts'
import { readingOf } from '../../src/sync/reading.ts'
import { settle } from '../../src/sync/settle.ts'
import { memberChanges } from '../support/facts.ts'
import { type Rig, shownRoll, trueRoll } from '../support/rig.ts'
import { rigsOfTest } from '../support/rigs-of-test.ts'

/** Of two writers of one group the second is refused, whether its plan or its news is the older one. */

const rigOf = rigsOfTest()
const G = '@TGS#1'
const signal = new AbortController().signal

async function filled(): Promise<{ rig: Rig; sourceNo: number }> {
  const rig = await rigOf()
  rig.world.createGroup({ groupId: G, type: 'Public', name: 'g' })
  for (let n = 0; n < 6; n++) rig.world.join(G, `u${n}`, { role: n === 0 ? 'Owner' : 'Member' })
  rig.clock.advance(10_000)
  await rig.sync()
  return { rig, sourceNo: await rig.deps.runs.source('acme', 'tencent') }
}

async function readNow({ source, deps }: Rig) {
  const beganAt = deps.clock.now()
  const [answer] = await readDetails(source.vendor, [{ groupId: G, known: true }], signal)
  const reading = answer === undefined ? null : readingOf(answer, source.vendor, [], beganAt, null)
  if (reading === null) throw new Error('no reading')
  return reading
}
const settling = ({ pool, source, deps }: Rig) => ({ pool, vendor: source.vendor, clock: deps.clock, signal })

test('a plan made from an older state is refused, though its read is the newest', async () => {
  const { rig, sourceNo } = await filled()
  const stale = await knownGroups(rig.pool, sourceNo)
  rig.world.leave(G, 'u3')
  await rig.sync()
  rig.clock.advance(60_000)
  rig.world.leave(G, 'u4')
  const writes = await settle(settling(rig), [await readNow(rig)], stale)
  const runNo = await rig.deps.runs.open(sourceNo, 'manual', rig.deps.clock.now())
  const before = await memberChanges(rig.pool)
  expect([...(await writeReads(rig.pool, { runNo, sourceNo }, writes))]).toEqual([G])
  expect(await memberChanges(rig.pool)).toEqual(before)
  expect(await rig.sync()).toMatchObject({ verdict: 'complete', members: { left: 1 } })
  expect(await shownRoll(rig.pool)).toEqual(trueRoll(rig))
})

test('older news never overwrites newer, though it is compared with the newest state', async () => {
  const { rig, sourceNo } = await filled()
  const early = await readNow(rig)
  rig.world.leave(G, 'u3')
  rig.clock.advance(2000)
  rig.world.join(G, 'newcomer')
  await rig.sync()
  const writes = await settle(settling(rig), [early], await knownGroups(rig.pool, sourceNo))
  const runNo = await rig.deps.runs.open(sourceNo, 'manual', rig.deps.clock.now())
  expect([...(await writeReads(rig.pool, { runNo, sourceNo }, writes))]).toEqual([G])
  expect(await shownRoll(rig.pool)).toEqual(trueRoll(rig))
})
