import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, it, vi } from 'vitest'
import { nextTicks } from '../../src/core/tick.ts'
import { storedSchedules } from '../../src/store/schedules.ts'
import { openStage } from './open-stage.ts'
import type { Stage, StageOptions } from './stage.ts'

const HOUR = 3_600_000
const SCHEDULES = [
  { source: 'acme', pattern: '30 2 * * *', timezone: 'Europe/Berlin' },
  { source: 'other', pattern: '30 1 * * *', timezone: 'America/New_York' },
]

/**
 * Schedules with a faked clock, through BullMQ itself. The years lie ahead of the database's clock, which is not faked:
 * a schedule knows no ticks from before it was applied.
 */
export function scheduleLaws(backend: () => Pick<StageOptions, 'redis'>): void {
  afterEach(() => {
    vi.useRealTimers()
  })

  it.each([
    ['forward', Date.UTC(2098, 2, 8, 18), Date.UTC(2098, 2, 31)],
    ['back', Date.UTC(2098, 9, 25, 18), Date.UTC(2098, 10, 4)],
  ])(
    'two zones, clocks going %s: the right ticks, each once; a clock set back brings none again',
    async (_, from, to) => {
      vi.useFakeTimers({ toFake: ['Date'], now: from })
      await using stage = await openStage({ ...backend(), groups: 1, members: 2, sources: ['acme', 'other'] })
      await stage.own.service.applySchedules(SCHEDULES)
      await stage.pool.query('UPDATE rollcall.schedule SET applied_at = $1', [new Date(from)])
      await stage.worker(2)
      const expected = SCHEDULES.map(({ source, pattern, timezone }) => ({
        source,
        ticks: nextTicks(pattern, timezone, from, 40).filter((at) => at <= to),
      }))
      const seen = new Map<string, number[]>(SCHEDULES.map(({ source }) => [source, []]))
      const moments = expected.flatMap(({ ticks }) => ticks).toSorted((a, b) => a - b)
      for (const at of moments) {
        for (const now of [at - 1000, at + 500]) {
          vi.setSystemTime(now)
          await settle(stage, seen, expected, now)
        }
        vi.setSystemTime(at - HOUR) // and on to the next, by way of the past
        await settle(stage, seen, expected, at)
      }
      for (const { source, ticks } of expected) expect([source, seen.get(source)]).toEqual([source, ticks])
      const { rows } = await stage.pool.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM rollcall.runs WHERE trigger = 'schedule'`,
      )
      expect(rows[0]?.n).toBe(moments.length)
    },
  )

  it('a tick taken by a clock that was years ahead silences no schedule once the clock is right', async () => {
    const [schedule] = SCHEDULES.slice(0, 1)
    if (schedule === undefined) throw new Error('no schedule')
    const ticksFrom = (from: number) => nextTicks(schedule.pattern, schedule.timezone, from, 1)
    const [wrong = 0, right = 0] = [...ticksFrom(Date.UTC(2101, 3, 1)), ...ticksFrom(Date.UTC(2098, 3, 1))]
    vi.useFakeTimers({ toFake: ['Date'], now: wrong - HOUR })
    await using stage = await openStage({ ...backend(), groups: 1, members: 2 })
    await stage.own.service.applySchedules([schedule])
    await stage.pool.query('UPDATE rollcall.schedule SET applied_at = $1', [new Date(wrong - HOUR)])
    await stage.worker(2)
    const comesAt = async (at: number) => {
      vi.setSystemTime(at + 500)
      await settle(stage, new Map(), [{ source: schedule.source, ticks: [at] }], at)
    }
    await comesAt(wrong)
    vi.setSystemTime(right - HOUR)
    await stage.own.service.applySchedules([schedule]) // in the queue it waits for the tick after the wrong one
    await comesAt(right)
    const { rows } = await stage.pool.query(`SELECT FROM rollcall.runs WHERE trigger = 'schedule'`)
    expect(rows).toHaveLength(2)
  })

  it('schedules are made equal: new, changed and dropped ones; one that has not changed is left alone', async () => {
    await using stage = await openStage({ ...backend(), groups: 1, members: 1, sources: ['acme', 'other'] })
    const { service } = stage.own
    await service.applySchedules(SCHEDULES)
    expect((await service.counts())['delayed']).toBe(2)
    const before = await storedSchedules(stage.pool)
    await service.applySchedules(SCHEDULES)
    expect(await storedSchedules(stage.pool)).toEqual(before)
    await service.applySchedules([{ source: 'other', pattern: '0 5 * * *', timezone: 'UTC' }])
    expect((await service.counts())['delayed']).toBe(1)
    expect(await storedSchedules(stage.pool)).toMatchObject([
      { source: 'other', pattern: '0 5 * * *', timezone: 'UTC' },
    ])
  })
}

/** Wakes the worker, and waits until every tick up to now has been taken and its run has ended. */
async function settle(
  stage: Stage,
  seen: Map<string, number[]>,
  expected: readonly { readonly source: string; readonly ticks: readonly number[] }[],
  now: number,
): Promise<void> {
  for (let look = 0; look < 400; look++) {
    if (look % 20 === 0) await stage.own.service.enqueue('watch', [{}], { urgent: false })
    await sleep(10)
    let due = false
    for (const { source, tickAt } of await storedSchedules(stage.pool)) {
      const list = seen.get(source)
      if (tickAt !== null && list?.at(-1) !== tickAt) list?.push(tickAt)
      const wanted = expected.find((one) => one.source === source)?.ticks.findLast((at) => at <= now) ?? null
      if (wanted !== tickAt) due = true
    }
    const open = await stage.pool.query(`SELECT FROM rollcall.ask WHERE ended_at IS NULL`)
    if (!due && open.rows.length === 0) return
  }
  throw new Error(`a tick up to ${new Date(now).toISOString()} did not come`)
}
