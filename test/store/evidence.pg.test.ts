import { expect, test } from 'vitest'
import { renderEvidence } from '../../src/cli/explain.ts'
import { proofOf } from '../../src/core/evidence.ts'
import { evidenceOf } from '../../src/store/evidence.ts'
import type { Rig, RigOptions } from '../support/rig.ts'
import { rigsOfTest } from '../support/rigs-of-test.ts'

/** `explain`: every change of a history leads to the run and the read that wrote it, and to what that read proved. */

const rigOf = rigsOfTest()
const G = '@TGS#1'

async function filled(options: RigOptions = {}): Promise<Rig> {
  const rig = await rigOf(options)
  rig.world.createGroup({ groupId: G, type: 'Public', name: 'one' })
  for (let n = 0; n < 6; n++) rig.world.join(G, `u${n}`, { role: n === 0 ? 'Owner' : 'Member' })
  rig.clock.advance(10_000)
  await rig.sync()
  return rig
}

async function explained(rig: Rig, where: string, about: 'member' | 'group' = 'member') {
  const { rows } = await rig.pool.query<{ id: string }>(
    `SELECT id::text AS id FROM rollcall.${about}_changes WHERE ${where} ORDER BY id DESC LIMIT 1`,
  )
  const evidence = await evidenceOf(rig.pool, rows[0]?.id ?? '0', about)
  if (evidence === null) throw new Error(`nothing is known of ${where}`)
  return { ...evidence, proof: proofOf(evidence).join(' '), text: renderEvidence(evidence) }
}

test('a leave: the complete read without the member, the direct word, and the read before that still saw them', async () => {
  const rig = await filled()
  const before = await rig.sync()
  rig.world.leave(G, 'u3')
  const saw = await rig.sync()
  const { run, read, before: last, proof, text } = await explained(rig, `kind = 'left'`)
  expect(run).toMatchObject({ id: saw.runId, trigger: 'manual', verdict: 'complete', calls: { getRoleInGroup: 1 } })
  expect(read).toMatchObject({ outcome: 'complete', rowsRead: 5, vendorCount: 5 })
  expect(last).toEqual({ runId: before.runId, outcome: 'complete', rowsRead: 6 })
  expect(proof).toContain('5 members listed, the vendor counts 5')
  expect(proof).toContain('get_role_in_group, asked about this account, said that it is not in the group')
  expect(text).toContain('u3 left (was member)')
  expect(text).toContain(`run ${saw.runId}: manual, complete`)
})

test("joins: of the first read, by the vendor's own time, and by the read that listed them", async () => {
  const rig = await filled()
  const first = await explained(rig, `kind = 'joined' AND account_id = 'u1'`)
  expect(first.proof).toContain('this was the first read of the group')
  expect(first.before).toBeNull()
  rig.clock.advance(60_000)
  rig.world.join(G, 'late', { role: 'Member' })
  rig.clock.advance(60_000)
  await rig.sync()
  expect((await explained(rig, `account_id = 'late'`)).proof).toContain("the vendor's own join time")
})

test('who left and came back between two reads: the leave is explained by the newer join time', async () => {
  const rig = await filled()
  rig.clock.advance(60_000)
  rig.world.leave(G, 'u2')
  rig.clock.advance(60_000)
  rig.world.join(G, 'u2', { role: 'Member' })
  rig.clock.advance(60_000)
  await rig.sync()
  const { proof, returned } = await explained(rig, `kind = 'left' AND account_id = 'u2'`)
  expect(returned).toBe(true)
  expect(proof).toContain('left and came back between two reads')
})

test("a dissolved group: the vendor's word on the id, for the group and for the stays that end with it", async () => {
  const rig = await filled()
  rig.world.dissolve(G)
  await rig.sync()
  expect((await explained(rig, `kind = 'dissolved'`, 'group')).proof).toContain(
    'said of this very group id that the group is gone',
  )
  const leave = await explained(rig, `kind = 'left'`)
  expect(leave.dissolved).toBe(true)
  expect(leave.proof).toContain('The group was dissolved')
  expect(await evidenceOf(rig.pool, '999999', 'member')).toBeNull()
})
