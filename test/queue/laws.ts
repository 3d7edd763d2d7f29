import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { addAsk } from '../../src/store/asks.ts'
import { groupsDue } from '../../src/store/freshness.ts'
import { FencedError } from '../../src/store/parts.ts'
import { storedSchedules } from '../../src/store/schedules.ts'
import { openRun } from '../../src/store/work.ts'
import { readAsk } from '../../src/store/asks.ts'
import { tick } from '../../src/sync/shared/tick.ts'
import { workPart } from '../../src/sync/shared/work-part.ts'
import type { SharedDeps } from '../../src/sync/shared/types.ts'
import { DIALECTS } from '../support/dialects.ts'
import { rowPlaces } from '../support/rig.ts'
import { openStage } from './open-stage.ts'
import type { Stage, StageOptions } from './stage.ts'

type Backend = Pick<StageOptions, 'redis'>

async function one(stage: Stage, sql: string, params: unknown[] = []): Promise<Record<string, unknown>> {
  const { rows } = await stage.pool.query<Record<string, unknown>>(sql, params)
  return rows[0] ?? {}
}
const runRow = (stage: Stage, runNo: number) => one(stage, 'SELECT * FROM rollcall.runs WHERE id = $1', [runNo])
const detailCalls = (stage: Stage) => stage.sim.counts()['acme/getGroupInfo']?.total ?? 0

async function until(met: () => Promise<boolean>, patienceMs = 20_000): Promise<number> {
  const began = performance.now()
  while (!(await met())) {
    if (performance.now() - began > patienceMs) throw new Error(`waited ${patienceMs} ms in vain for ${String(met)}`)
    await sleep(25)
  }
  return performance.now() - began
}

/** The laws of the service, on either backend. Each test has a vendor, a database and workers of its own. */
export function queueLaws(backend: () => Backend): void {
  it('a run: every group is read once, the verdict is complete, nothing is left over', async () => {
    await using stage = await openStage({ ...backend(), groups: 120, members: 8 })
    await stage.worker()
    const run = await stage.answered(await stage.ask(null))
    expect(await runRow(stage, run)).toMatchObject({
      verdict: 'complete',
      groups_seen: 120,
      groups_complete: 120,
      trigger: 'manual',
      calls: { getAppidGroupList: 1, getGroupInfo: 3 },
    })
    expect(await one(stage, 'SELECT count(*)::int AS n FROM rollcall.group_reads WHERE run_id = $1', [run])).toEqual({
      n: 120,
    })
    expect(await one(stage, 'SELECT count(*)::int AS n FROM rollcall.run_work')).toEqual({ n: 0 })
    expect(detailCalls(stage)).toBe(3)
    // Its facts are kept once what waited for it goes on.
    await until(async () => (await one(stage, 'SELECT run_no FROM rollcall.fact_mark'))['run_no'] === run)
    expect(await one(stage, 'SELECT sum(backlog)::int AS n FROM rollcall.source_fact')).toEqual(
      await one(stage, 'SELECT count(*)::int AS n FROM rollcall.member'),
    )
  })

  it('sync.fullEvery: a run of the whole source walks no group that shows no change; who asks for one gets a walk', async () => {
    await using stage = await openStage({
      ...backend(),
      vendor: 'yunxin',
      groups: 12,
      members: 8,
      fullEveryMs: 3_600_000,
    })
    await stage.worker()
    const first = await stage.answered(await stage.ask(null))
    expect(await runRow(stage, first)).toMatchObject({ verdict: 'complete', groups_complete: 12, groups_unwalked: 0 })
    const second = await stage.answered(await stage.ask(null))
    const run = await runRow(stage, second)
    expect(run).toMatchObject({ verdict: 'complete', groups_seen: 12, groups_complete: 0, groups_unwalked: 12 })
    expect(run['calls']).not.toHaveProperty('teamMembers')
    const groupId = DIALECTS.yunxin.groupId(3)
    const third = await stage.answered(await stage.ask({ groups: [groupId], accounts: [] }))
    expect(await runRow(stage, third)).toMatchObject({ verdict: 'complete', groups_seen: 1, groups_complete: 1 })
    const all = await stage.answered(await stage.ask(null, { urgent: true })) // as `resync --all` does
    expect(await runRow(stage, all)).toMatchObject({ verdict: 'complete', groups_complete: 12, groups_unwalked: 0 })
  })

  it('three workers, one killed in mid-run: each group has one receipt, the rest takes over within 15 s', async () => {
    const rates = { getGroupInfo: 12 }
    await using stage = await openStage({ ...backend(), groups: 3000, members: 4, rates })
    const [first] = [await stage.process(2), await stage.process(2)]
    const ask = await stage.ask(null)
    await until(async () => ((await stage.progress(ask))?.done ?? 0) > 600)
    await first.kill()
    const third = await stage.process(2) // and another comes in mid-run
    const killedAt = performance.now()
    const run = await stage.answered(ask)
    expect((performance.now() - killedAt) / 1000).toBeLessThan(15)
    expect(await runRow(stage, run)).toMatchObject({ verdict: 'complete', groups_seen: 3000, groups_complete: 3000 })
    expect(await one(stage, 'SELECT count(*)::int AS n FROM rollcall.group_reads WHERE run_id = $1', [run])).toEqual({
      n: 3000,
    })
    // 60 details calls, and those that the killed worker had in hand once more
    expect(detailCalls(stage)).toBeLessThanOrEqual(60 + 2 * 4)
    expect(await third.end()).toBe(0)
  })

  it('SIGTERM hands back what is in hand: the run goes on at once with another worker, and nothing is read twice', async () => {
    await using stage = await openStage({ ...backend(), groups: 1000, members: 4, rates: { getGroupInfo: 8 } })
    const first = await stage.process(2)
    const ask = await stage.ask(null)
    await until(async () => ((await stage.progress(ask))?.done ?? 0) > 200)
    expect(await first.end()).toBe(0)
    const { done = 0 } = (await stage.progress(ask)) ?? {}
    expect(done).toBeLessThan(1000)
    await stage.worker(2)
    const run = await stage.answered(ask)
    expect(await runRow(stage, run)).toMatchObject({ verdict: 'complete', groups_complete: 1000 })
    expect(detailCalls(stage)).toBe(20)
  })

  it('two attempts at one part: the older can write nothing, neither twice nor old over new', async () => {
    await using stage = await openStage({ ...backend(), groups: 3, members: 6 })
    const { deps } = stage.own
    const ask = await readAsk(
      stage.pool,
      await addAsk(stage.pool, stage.sourceNo, { trigger: 'manual', scope: null, urgent: false }),
    )
    if (ask === null) throw new Error('no ask')
    const seeds = { known: null, groups: ['@TGS#g0', '@TGS#g1', '@TGS#g2'], accounts: [], list: false, forgets: 0 }
    const opened = await openRun(stage.pool, stage.sourceNo, ask, seeds, deps.clock.now())
    const [part] = opened?.parts ?? []
    if (part === undefined) throw new Error('no part')
    const life = { signal: new AbortController().signal, stopping: new AbortController().signal }
    let entered = () => {}
    let release = () => {}
    const inHand = new Promise<void>((resolve) => (entered = resolve))
    const gate = new Promise<void>((resolve) => (release = resolve))
    // The older attempt has the vendor's answer in hand and is held there, as by a long pause of its process.
    const held: SharedDeps = {
      ...deps,
      openSource(name, options) {
        const source = deps.openSource(name, options)
        const details: typeof source.vendor.details = async (batch, signal) => {
          const answers = await source.vendor.details(batch, signal)
          entered()
          await gate
          return answers
        }
        return { ...source, vendor: { ...source.vendor, details } }
      },
    }
    const follow = async () => {}
    const older = workPart(held, part, life, follow)
    const outcome = older.catch((error: unknown) => error)
    await inHand
    stage.world.join('@TGS#g0', 'late', { role: 'Member' })
    const next = await workPart(deps, part, life, follow)
    expect(next).toMatchObject({ finished: true })
    const state = async () => [
      await rowPlaces(stage.pool),
      await one(stage, 'SELECT count(*)::int AS n, max(id)::int AS last FROM rollcall.member_changes'),
      await one(stage, 'SELECT count(*)::int AS n FROM rollcall.group_reads'),
    ]
    const before = await state()
    release()
    expect(await outcome).toBeInstanceOf(FencedError)
    expect(await state()).toEqual(before)
    expect(
      await one(stage, `SELECT count(*)::int AS n FROM rollcall.current_members WHERE account_id = 'late'`),
    ).toEqual({ n: 1 })
  })

  it('the same ask waiting twice is one; an ask during a run is answered by what began after it', async () => {
    await using stage = await openStage({ ...backend(), groups: 40, members: 4 })
    const scope = { groups: ['@TGS#g1', '@TGS#g2'], accounts: [] }
    const asks = [await stage.ask(scope), await stage.ask({ ...scope, groups: ['@TGS#g2', '@TGS#g1', '@TGS#g1'] })]
    expect(asks[0]).toBe(asks[1])
    expect((await stage.own.service.counts())['waiting']).toBe(1)
    await stage.worker()
    const run = await stage.answered(asks[0] ?? 0)
    expect(await runRow(stage, run)).toMatchObject({ verdict: 'complete', groups_seen: 2 })

    // A read that began before the ask does not answer it …
    const again = await stage.answered(await stage.ask(scope, { urgent: true }))
    expect(again).not.toBe(run)
    // … one that began after it does: the ask is old by the time its job comes.
    const askNo = await addAsk(stage.pool, stage.sourceNo, { trigger: 'manual', scope, urgent: true })
    await stage.pool.query(`UPDATE rollcall.ask SET asked_at = asked_at - interval '1 hour' WHERE ask_no = $1`, [askNo])
    await stage.own.service.enqueue('start-sync', [{ ask: askNo }], { urgent: true })
    const calls = detailCalls(stage)
    expect(await stage.answered(askNo)).toBe(again)
    expect(detailCalls(stage)).toBe(calls)
  })

  it('what the watch cannot do keeps it from nothing else: beside a schedule that nobody can read, asks go on', async () => {
    await using stage = await openStage({ ...backend(), groups: 3, members: 3 })
    await stage.pool.query(`INSERT INTO rollcall.schedule (source, pattern, timezone) VALUES ('acme', 'soon', 'UTC')`)
    const ask = await addAsk(stage.pool, stage.sourceNo, { trigger: 'manual', scope: null, urgent: false })
    await stage.pool.query(`UPDATE rollcall.ask SET poked_at = poked_at - interval '1 hour'`) // its job is lost
    await stage.worker()
    expect(await runRow(stage, await stage.answered(ask))).toMatchObject({ verdict: 'complete', groups_complete: 3 })
  })

  it('one run of a whole source at a time: an ask waits for the end of the other, a tick is skipped', async () => {
    await using stage = await openStage({ ...backend(), groups: 500, members: 3, rates: { getGroupInfo: 8 } })
    await stage.own.service.applySchedules([{ source: 'acme', pattern: '0 0 1 1 *', timezone: 'UTC' }])
    await stage.worker()
    const first = await stage.ask(null)
    await until(async () => ((await stage.progress(first))?.done ?? 0) > 0)
    const second = await stage.ask(null)
    const at = Date.now()
    expect(await tick(stage.own.deps, 'acme', at)).toEqual({ kind: 'skipped' })
    expect(await tick(stage.own.deps, 'acme', at)).toEqual({ kind: 'taken' })
    expect(await tick(stage.own.deps, 'acme', at - 3_600_000)).toEqual({ kind: 'taken' }) // a clock set back
    expect((await storedSchedules(stage.pool))[0]).toMatchObject({ tickAt: at, skippedAt: at })
    const runs = [await stage.answered(first), await stage.answered(second)]
    const [one1, two] = [await runRow(stage, runs[0] ?? 0), await runRow(stage, runs[1] ?? 0)]
    expect(two['started_at']).toBeInstanceOf(Date)
    expect(Number(two['started_at'])).toBeGreaterThanOrEqual(Number(one1['finished_at']))
    expect([one1['verdict'], two['verdict'], two['groups_unchanged']]).toEqual(['complete', 'complete', 500])
  })

  it('a tick during a run, where ticks are queued: one run more, after the end of the other, however many ticks came', async () => {
    await using stage = await openStage({ ...backend(), groups: 500, members: 3, rates: { getGroupInfo: 8 } })
    await stage.own.service.applySchedules([{ source: 'acme', pattern: '0 0 1 1 *', timezone: 'UTC' }])
    const { deps } = stage.own
    const queueing: SharedDeps = {
      ...deps,
      openSource: (name, options) => ({ ...deps.openSource(name, options), overlap: 'queue' }),
    }
    await stage.worker()
    const first = await stage.ask(null)
    await until(async () => ((await stage.progress(first))?.done ?? 0) > 0)
    const at = Date.now()
    const queued = await tick(queueing, 'acme', at)
    expect(queued).toMatchObject({ kind: 'asked' })
    expect(await tick(queueing, 'acme', at)).toEqual({ kind: 'taken' })
    expect(await tick(queueing, 'acme', at + 1)).toEqual(queued)
    expect((await storedSchedules(stage.pool))[0]).toMatchObject({ tickAt: at + 1, skippedAt: null })
    const one1 = await runRow(stage, await stage.answered(first))
    const two = await runRow(stage, await stage.answered(queued.kind === 'asked' ? queued.askNo : 0))
    expect(two).toMatchObject({ trigger: 'schedule', verdict: 'complete', groups_unchanged: 500 })
    expect(Number(two['started_at'])).toBeGreaterThanOrEqual(Number(one1['finished_at']))
    expect(await one(stage, 'SELECT count(*)::int AS n FROM rollcall.runs')).toEqual({ n: 2 })
  })

  it('a source that wants to be fresh: the watch has the groups read that need it, and those alone', async () => {
    const target = 3_600_000
    const fresh = [{ source: 'acme', vendor: 'tencent', targetMs: target, rates: { getGroupInfo: 50 } }]
    await using stage = await openStage({ ...backend(), groups: 40, members: 3, fresh })
    await stage.worker()
    await stage.answered(await stage.ask(null))
    const age = (id: string, targets: number, version: number) =>
      stage.pool.query(
        `UPDATE rollcall.roll_state r SET read_ended_at = now() - $2::float8 * interval '1 hour', version = $3,
           read_began_at = now() - $2::float8 * interval '1 hour' - interval '1 second'
         FROM rollcall.chat_group g WHERE g.group_no = r.group_no AND g.group_id = $1`,
        [id, targets, version],
      )
    await age('@TGS#g4', 30, 1) // cannot be read: left to the runs of the schedule
    await age('@TGS#g3', 0.2, 0) // neither old nor busy
    await age('@TGS#g1', 0.9, 0) // older than it should be
    await age('@TGS#g2', 0.2, 400) // found changed again and again
    const read = () =>
      one(
        stage,
        `SELECT array_agg(DISTINCT d.group_id) AS groups FROM rollcall.group_reads d JOIN rollcall.runs r ON r.id = d.run_id
         WHERE r.trigger = 'schedule' AND r.verdict = 'complete'`,
      )
    await until(async () => ((await read())['groups'] as string[] | null)?.length === 2)
    expect(await read()).toEqual({ groups: ['@TGS#g1', '@TGS#g2'] })
    // Nothing but the group that cannot be read is older than it should be now, and that one is not asked for.
    expect(await groupsDue(stage.pool, 'acme', target, 100)).toEqual([])
  })

  it('the queue wiped in mid-run: the next watch restores schedules and work, and the run ends complete', async () => {
    const { redis = null } = backend()
    await using stage = await openStage({ redis, groups: 1200, members: 3, rates: { getGroupInfo: 8 } })
    await stage.own.service.applySchedules([{ source: 'acme', pattern: '0 0 1 1 *', timezone: 'UTC' }])
    await stage.worker(1)
    const ask = await stage.ask(null)
    await until(async () => ((await stage.progress(ask))?.done ?? 0) > 100)
    if (redis === null) await stage.pool.query('TRUNCATE bullmq.job, bullmq.scheduler CASCADE')
    else await redis.wipe()
    expect(await stage.own.service.counts()).toMatchObject({ waiting: 0, prioritized: 0, delayed: 0 })
    await until(async () => ((await stage.own.service.counts())['delayed'] ?? 0) > 0) // the schedule's next tick
    const run = await stage.answered(ask)
    expect(await runRow(stage, run)).toMatchObject({ verdict: 'complete', groups_complete: 1200, members_left: 0n })
  })
}
