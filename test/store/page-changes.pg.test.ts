import { expect, test } from 'vitest'
import { type ChangePageAsk, changePage, type ChangePlace } from '../../src/store/page/changes.ts'
import { rigsOfTest } from '../support/rigs-of-test.ts'

/** The feed of the page: every change once and in order, however many quiet runs lie between. */

const rigOf = rigsOfTest()
const G = '@TGS#1'

test('changes behind hundreds of quiet runs are reached, of a source and of a group, in either direction', async () => {
  const rig = await rigOf()
  rig.world.createGroup({ groupId: G, type: 'Public', name: 'one' })
  for (let n = 0; n < 8; n++) rig.world.join(G, `u${n}`, { role: n === 0 ? 'Owner' : 'Member' })
  rig.clock.advance(10_000)
  await rig.sync()
  const quiet = () =>
    rig.pool.query(
      `INSERT INTO rollcall.run (source_no, trigger, started_at, finished_at, verdict)
       SELECT source_no, 'schedule', now(), now(), 'complete' FROM rollcall.source, generate_series(1, 900)`,
    )
  await quiet()
  rig.world.leave(G, 'u3')
  rig.world.leave(G, 'u4')
  await rig.sync()
  await quiet()
  rig.world.join(G, 'late')
  await rig.sync()
  const { rows } = await rig.pool.query<{ kind: string; account: string | null }>(
    `SELECT kind, account_id AS account FROM (
       SELECT run_id, 0 AS about, id, kind, account_id FROM rollcall.member_changes
       UNION ALL SELECT run_id, 1, id, kind, NULL FROM rollcall.group_changes) c ORDER BY run_id, about, id`,
  )
  expect(rows.length).toBe(8 + 1 + 2 + 1)
  for (const groupId of [null, G])
    for (const newestFirst of [true, false])
      for (const limit of [1, 3, 50]) {
        const seen: object[] = []
        let after: ChangePlace | null = null
        do {
          const none = { accountId: null, kinds: null, joins: null, run: null, since: null, until: null }
          const of: ChangePageAsk = { source: 'acme', groupId, newestFirst, limit, after, ...none }
          const page = await changePage(rig.pool, of)
          seen.push(...page.changes.map((change) => ({ kind: change.kind, account: change.accountId })))
          after = page.next
        } while (after !== null)
        expect(seen).toEqual(newestFirst ? rows.toReversed() : rows)
      }
})
