import type { Pool } from 'pg'
import { expect, test } from 'vitest'
import { rebuildFacts } from '../../src/store/reports/facts.ts'
import type { Rig } from '../support/rig.ts'
import { rigsOfTest } from '../support/rigs-of-test.ts'

/** Runs keep the facts of their source as they end. */

const rigOf = rigsOfTest()
const GROUP = '@TGS#1'

async function rigWith(members: number): Promise<Rig> {
  const rig = await rigOf()
  rig.world.createGroup({ groupId: GROUP, type: 'Public', name: 'Hall' })
  for (let n = 0; n < members; n++) rig.world.join(GROUP, `u${n}`)
  return rig
}

/** The newest run that the facts hold, and what they say of the source in all its time. */
async function held(pool: Pool): Promise<unknown> {
  const { rows } = await pool.query(`SELECT (SELECT run_no FROM rollcall.fact_mark) AS run,
    sum(joins)::int AS joins, sum(backlog)::int AS backlog, sum(leaves)::int AS leaves, sum(gone_1)::int AS gone
    FROM rollcall.source_fact`)
  return rows[0]
}

/** They hold this, and hold the same when they are made anew. */
async function expectHeld(pool: Pool, facts: object): Promise<void> {
  expect(await held(pool)).toEqual(facts)
  await rebuildFacts(pool, ['acme'])
  expect(await held(pool)).toEqual(facts)
}

test('a sync adds what it wrote to the facts; a dry run touches none', async () => {
  const rig = await rigWith(3)
  await rig.sync({ dryRun: true })
  expect(await held(rig.pool)).toMatchObject({ run: null, backlog: null })
  const first = await rig.sync()
  expect(await held(rig.pool)).toEqual({ run: first.runId, joins: 0, backlog: 3, leaves: 0, gone: 0 })
  rig.world.join(GROUP, 'late')
  await rig.sync()
  rig.world.leave(GROUP, 'late')
  rig.world.leave(GROUP, 'u1')
  const last = await rig.sync()
  await expectHeld(rig.pool, { run: last.runId, joins: 1, backlog: 3, leaves: 2, gone: 1 })
})

test('facts that could not be kept cost no run: it says so, and the next one adds both', async () => {
  const rig = await rigWith(3)
  await rig.sync()
  rig.world.join(GROUP, 'late')
  await rig.pool.query('ALTER FUNCTION rollcall.refresh_facts(integer) RENAME TO refresh_facts_away')
  const lost = await rig.sync()
  expect(lost).toMatchObject({ verdict: 'complete', members: { joined: 1 } })
  expect(rig.logged).toContainEqual([expect.stringContaining('facts'), expect.objectContaining({ sourceNo: 1 })])
  expect(await held(rig.pool)).toMatchObject({ run: 1, joins: 0 })
  const growth = `SELECT sum(joins)::int AS joins FROM rollcall.growth('acme', NULL, '2026-01-01', '2026-01-03')`
  expect((await rig.pool.query(growth)).rows).toEqual([{ joins: 1 }]) // right all the same
  await rig.pool.query('ALTER FUNCTION rollcall.refresh_facts_away(integer) RENAME TO refresh_facts')
  rig.world.leave(GROUP, 'u1')
  const next = await rig.sync()
  await expectHeld(rig.pool, { run: next.runId, joins: 1, backlog: 3, leaves: 1, gone: 0 })
})

test('what the facts of a first run cost grows with its rows, even while the planner knows nothing of the tables', async () => {
  const touched = async (groups: number) => {
    const rig = await rigOf()
    await rig.pool.query('ALTER TABLE rollcall.member SET (autovacuum_enabled = false)')
    await rig.pool.query(`INSERT INTO rollcall.source (name, vendor) VALUES ('acme', 'tencent')`)
    await rig.pool.query(`INSERT INTO rollcall.run (source_no, trigger, started_at, finished_at, verdict)
      VALUES (1, 'manual', now(), now(), 'complete')`)
    await rig.pool.query(
      `INSERT INTO rollcall.chat_group (source_no, group_id, type, print, first_seen_at)
        SELECT 1, 'g' || n, 'Public', 0, now() FROM generate_series(1, $1::integer) n`,
      [groups],
    )
    await rig.pool.query(
      `INSERT INTO rollcall.member (group_no, account_id, first_seen_at, start_at, print, start_run, live_print, role)
        SELECT g, 'u' || n, now(), now() - n * interval '1 hour', 0, 1, 0, 'member'
        FROM generate_series(1, $1::integer) g, generate_series(1, 50) n`,
      [groups],
    )
    const { rows } = await rig.pool.query(
      `EXPLAIN (ANALYZE, FORMAT json) SELECT group_no, slot, sum(joins) FROM rollcall.run_rows(1, 0, 1) GROUP BY 1, 2`,
    )
    return handled(rows[0]['QUERY PLAN'][0].Plan)
  }
  expect(await touched(400)).toBeLessThan(10 * 400 * 50)
})

/** How many rows the steps of a plan handed on in all. */
function handled(plan: Plan): number {
  return plan['Actual Rows'] * plan['Actual Loops'] + (plan.Plans ?? []).reduce((sum, part) => sum + handled(part), 0)
}
interface Plan {
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly Plans?: readonly Plan[]
}
