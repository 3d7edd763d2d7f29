import { expect, test } from 'vitest'
import { OperatorError } from '../../src/core/errors.ts'
import { addAsk, answeredBy, type AskScope, endAsk, readAsk } from '../../src/store/asks.ts'
import { heldCases } from '../../src/store/held.ts'
import { claimPart, endPart, fence, FencedError } from '../../src/store/parts.ts'
import { inTransaction } from '../../src/store/transaction.ts'
import { deal, type PartRef, wholeRunOpen } from '../../src/store/work.ts'
import { beginRun } from '../../src/sync/shared/begin-run.ts'
import { finishRun } from '../../src/sync/shared/finish-run.ts'
import type { SharedDeps } from '../../src/sync/shared/types.ts'
import { workPart } from '../../src/sync/shared/work-part.ts'
import { groupChanges, shownGroup } from '../support/facts.ts'
import { type Rig, shownRoll, trueRoll } from '../support/rig.ts'
import { rigsOfTest } from '../support/rigs-of-test.ts'

/** Runs that workers share, worked part by part without a queue: the guard judges what no single part can know. */

const rigOf = rigsOfTest()
const never = () => new AbortController().signal
const group = (n: number) => `@TGS#${n}`

async function shared(groups: number): Promise<{ rig: Rig; deps: SharedDeps }> {
  const rig = await rigOf()
  Object.assign(rig.source, { leaveGuard: { count: 5, percent: 30 }, dissolveGuard: { count: 2, percent: 20 } })
  for (let n = 0; n < groups; n++) {
    rig.world.createGroup({ groupId: group(n), type: 'Public', name: group(n) })
    for (let m = 0; m < 12; m++) rig.world.join(group(n), `u${m}`, { role: m === 0 ? 'Owner' : 'Member' })
  }
  rig.clock.advance(10_000)
  const openSource = () => ({ ...rig.source, [Symbol.asyncDispose]: async () => {} })
  return { rig, deps: { ...rig.deps, openSource } }
}

async function begin(rig: Rig, deps: SharedDeps) {
  rig.clock.advance(60_000)
  const sourceNo = await deps.runs.source('acme', rig.app.vendor)
  const begun = await beginRun(
    deps,
    await addAsk(rig.pool, sourceNo, { trigger: 'manual', scope: null, urgent: false }),
  )
  if (begun.kind !== 'begun') throw new Error(begun.kind)
  return begun
}

async function workAll(deps: SharedDeps, parts: readonly PartRef[]): Promise<void> {
  const open: PartRef[] = [...parts]
  const life = { signal: never(), stopping: never() }
  for (let part = open.shift(); part !== undefined; part = open.shift()) {
    const next = await workPart(deps, part, life, async (found) => void open.push(...found.parts))
    open.push(...(next?.parts ?? []))
  }
}

async function runShared(rig: Rig, deps: SharedDeps) {
  const { runNo, parts } = await begin(rig, deps)
  await workAll(deps, parts)
  await finishRun(deps, runNo, never())
  const { rows } = await rig.pool.query('SELECT * FROM rollcall.runs WHERE id = $1', [runNo])
  return rows[0] as Record<string, unknown>
}

test('leaves beyond the guard are held, counted and make the run partial', async () => {
  const { rig, deps } = await shared(2)
  expect(await runShared(rig, deps)).toMatchObject({ verdict: 'complete', members_held: 0n })
  for (let m = 4; m < 12; m++) rig.world.leave(group(0), `u${m}`)
  expect(await runShared(rig, deps)).toMatchObject({
    verdict: 'partial',
    members_held: 8n,
    members_left: 0n,
    groups_partial: 1,
  })
  expect(await heldCases(rig.pool, {})).toMatchObject([{ kind: 'leaves', groupId: group(0), of: 12 }])
})

test('groups that dissolve are judged together when the run ends: few of them go', async () => {
  const { rig, deps } = await shared(8)
  await runShared(rig, deps)
  rig.world.dissolve(group(0))
  rig.world.dissolve(group(1))
  expect(await runShared(rig, deps)).toMatchObject({
    verdict: 'complete',
    groups_gone: 2,
    groups_partial: 0,
    members_left: 24n,
  })
  expect(await shownRoll(rig.pool)).toEqual(trueRoll(rig))
  expect((await groupChanges(rig.pool)).filter((line) => line.endsWith('dissolved'))).toHaveLength(2)
})

test('groups that dissolve are judged together when the run ends: many of them are held', async () => {
  const { rig, deps } = await shared(8)
  await runShared(rig, deps)
  for (let n = 0; n < 3; n++) rig.world.dissolve(group(n))
  expect(await runShared(rig, deps)).toMatchObject({
    verdict: 'partial',
    groups_gone: 0,
    groups_partial: 3,
    members_left: 0n,
    members_held: 36n,
  })
  expect(await heldCases(rig.pool, {})).toMatchObject([0, 1, 2].map((n) => ({ kind: 'dissolved', groupId: group(n) })))
  expect(await shownGroup(rig.pool, group(0))).toMatchObject({ dissolved_at: null })
})

test('a run that stops before its end dissolves nothing, and finishing twice writes once', async () => {
  const { rig, deps } = await shared(4)
  await runShared(rig, deps)
  rig.world.dissolve(group(0))
  const { runNo, parts } = await begin(rig, deps)
  const life = { signal: never(), stopping: never() }
  const open = [...parts]
  for (let part = open.shift(); part !== undefined; part = open.shift())
    open.push(...((await workPart(deps, part, life, async (found) => void open.push(...found.parts)))?.parts ?? []))
  await rig.pool.query(`UPDATE rollcall.run_work SET stopped = 'the vendor shut the door' WHERE run_no = $1`, [runNo])
  expect(await finishRun(deps, runNo, never())).not.toBeNull()
  expect(await finishRun(deps, runNo, never())).toBeNull()
  expect(await shownGroup(rig.pool, group(0))).toMatchObject({ dissolved_at: null })
  expect(await runShared(rig, deps)).toMatchObject({ verdict: 'complete', groups_gone: 1 })
})

test('of two attempts at one part only the newer can write', async () => {
  const { rig, deps } = await shared(1)
  const { runNo, parts } = await begin(rig, deps)
  const partNo = parts[0]?.partNo ?? 0
  const older = await claimPart(rig.pool, runNo, partNo)
  const newer = await claimPart(rig.pool, runNo, partNo)
  if (older === null || newer === null) throw new Error('no part')
  const spent = { calls: {}, rateLimited: 0 }
  await expect(inTransaction(rig.pool, (client) => fence(client, older, spent))).rejects.toThrow(FencedError)
  await expect(endPart(rig.pool, older, spent)).rejects.toThrow(FencedError)
  await inTransaction(rig.pool, (client) => fence(client, newer, spent))
})

test('a worker that does not know the source claims none of its parts, however often it tries', async () => {
  const { rig, deps } = await shared(2)
  const { parts } = await begin(rig, deps)
  const [part] = parts
  if (part === undefined) throw new Error('no part')
  const stranger: SharedDeps = {
    ...deps,
    openSource() {
      throw new OperatorError('no such source here')
    },
  }
  const life = { signal: never(), stopping: never() }
  for (let n = 0; n < 60; n++)
    await expect(workPart(stranger, part, life, async () => {})).rejects.toThrow('no such source')
  const { rows } = await rig.pool.query('SELECT token FROM rollcall.run_part WHERE run_no = $1', [part.runNo])
  expect(rows).toEqual(parts.map(() => ({ token: 0 })))
})

test('an ask that is asked anew after its groups were read is not ended by that read', async () => {
  const { rig, deps } = await shared(1)
  const sourceNo = await deps.runs.source('acme', rig.app.vendor)
  const ask = { trigger: 'manual', scope: { groups: [group(0)], accounts: [] }, urgent: true } as const
  const askNo = await addAsk(rig.pool, sourceNo, ask)
  await rig.sync()
  const answer = { runNo: 1, groups: ask.scope.groups }
  await rig.pool.query(
    `UPDATE rollcall.ask SET asked_at = (SELECT max(complete_began_at) FROM rollcall.roll_state) - interval '1 minute'`,
  )
  expect(await answeredBy(rig.pool, askNo, ask.scope.groups)).toBe(1)
  expect(await addAsk(rig.pool, sourceNo, ask)).toBe(askNo) // between the look and the end
  expect(await endAsk(rig.pool, askNo, 'too late', answer)).toBe(false)
  expect(await readAsk(rig.pool, askNo)).toMatchObject({ ended: false, note: null })
  await rig.pool.query(
    `UPDATE rollcall.ask SET asked_at = (SELECT max(complete_began_at) FROM rollcall.roll_state) - interval '1 minute'`,
  )
  expect(await endAsk(rig.pool, askNo, 'read', answer)).toBe(true)
})

test('at the end of a run goes on what waited for it, and nothing else that waits', async () => {
  const { rig, deps } = await shared(2)
  const { runNo, parts } = await begin(rig, deps)
  await workAll(deps, parts)
  const sourceNo = await deps.runs.source('acme', rig.app.vendor)
  const add = (scope: AskScope) => addAsk(rig.pool, sourceNo, { trigger: 'manual', scope, urgent: true })
  const whole = await add(null)
  for (let n = 0; n < 2; n++) await add({ groups: [group(n)], accounts: [] }) // each has a job of its own
  expect((await finishRun(deps, runNo, never()))?.waiting).toEqual([{ askNo: whole, urgent: true }])
})

test('a run of many groups is dealt out in one pass, also where the statistics know only runs before it', async () => {
  const { rig, deps } = await shared(1)
  const before = await begin(rig, deps)
  const fill = (runNo: number, groups: number) =>
    rig.pool.query(
      `INSERT INTO rollcall.run_group (run_no, group_id, known) SELECT $1, 'many' || n, true FROM generate_series(1, $2::int) n`,
      [runNo, groups],
    )
  await fill(before.runNo, 20_000)
  await rig.pool.query('UPDATE rollcall.run_group SET part_no = 1')
  await rig.pool.query('ANALYZE rollcall.run_group')
  const sourceNo = await deps.runs.source('acme', rig.app.vendor)
  const ask = await addAsk(rig.pool, sourceNo, {
    trigger: 'manual',
    scope: { groups: ['one'], accounts: [] },
    urgent: true,
  })
  const begun = await beginRun(deps, ask)
  if (begun.kind !== 'begun') throw new Error(begun.kind)
  await fill(begun.runNo, 20_000)
  const parts = await inTransaction(rig.pool, async (client) => {
    await client.query(`SET LOCAL statement_timeout = '20s'`) // each with each would take minutes, one pass a moment
    return deal(client, begun.runNo, 1, false)
  })
  expect(parts).toHaveLength(200)
})

test('who writes is alive: its run is not closed for want of a worker, however long the watch has not come', async () => {
  const { rig, deps } = await shared(2)
  const { runNo, parts } = await begin(rig, deps)
  const part = await claimPart(rig.pool, runNo, parts[0]?.partNo ?? 0)
  if (part === null) throw new Error('no part')
  for (const table of ['run_part', 'run_work'])
    await rig.pool.query(`UPDATE rollcall.${table} SET poked_at = poked_at - interval '91 seconds'`)
  await inTransaction(rig.pool, (client) => fence(client, part, part.spent))
  expect(await wholeRunOpen(rig.pool, 'acme')).toBe(true)
  for (const table of ['run_part', 'run_work'])
    await rig.pool.query(`UPDATE rollcall.${table} SET poked_at = poked_at - interval '91 seconds'`)
  expect(await wholeRunOpen(rig.pool, 'acme')).toBe(false)
})
