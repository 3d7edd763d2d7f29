import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { runForget } from '../../src/cli/services/forget.ts'
import { pseudonymOf } from '../../src/core/pseudonym.ts'
import { askFor } from '../../src/sync/shared/ask.ts'
import { shownRoll } from '../support/rig.ts'
import { configOf } from '../queue/bench.ts'
import { openStage } from '../queue/open-stage.ts'
import type { Stage, StageOptions } from '../queue/stage.ts'
import { placesOf } from './search.ts'
import { A, KEY, MARK } from './story.ts'

/** Forgetting beside workers, on either queue: whatever they hold in hand, the name does not come back. */

const life = () => ({
  signal: new AbortController().signal,
  progress: { update() {}, done() {}, note() {}, stop() {} },
})

const P = pseudonymOf(KEY, 'acme', A)

/** The person in every other group, with cards and fields. */
async function staged(options: Partial<StageOptions>): Promise<Stage> {
  const stage = await openStage({ groups: 60, members: 12, ...options })
  for (let g = 0; g < 60; g += 2)
    stage.world.join(`@TGS#g${g}`, A, { nameCard: `${MARK} card`, custom: { badge: MARK } })
  stage.setting.pseudonymKey = KEY
  return stage
}
const forget = (stage: Stage) =>
  runForget(configOf(stage.setting), { account: A, source: 'acme', dryRun: false }, life())

function truth({ world }: Stage): Record<string, string[]> {
  return Object.fromEntries(
    [...world.groups.values()].map(({ groupId, members }) => [
      groupId,
      [...members.keys()].map((account) => (account === A ? P : account)).sort(),
    ]),
  )
}
async function shown({ pool }: Stage): Promise<Record<string, string[]>> {
  return Object.fromEntries(
    Object.entries(await shownRoll(pool)).map(([groupId, { members }]) => [groupId, Object.keys(members).sort()]),
  )
}
async function lefts({ pool }: Stage): Promise<number> {
  const { rows } = await pool.query<{ n: number }>('SELECT count(*)::integer AS n FROM rollcall.stay')
  return rows[0]?.n ?? -1
}

/** @param backend what a stage is opened with, and what else is to be searched there */
export function forgetLaws(
  backend: () => Pick<StageOptions, 'redis'>,
  elsewhere: (mark: string) => Promise<readonly string[]>,
): void {
  test.each([0, 400, 900])('while a run of the whole source is under way, %i ms into it', async (afterMs) => {
    await using stage = await staged({
      ...backend(),
      rates: { getGroupInfo: 20, getGroupMemberInfo: 40 },
      quirks: { detailsMemberCap: 3 },
    })
    await stage.worker()
    const askNo = await stage.ask(null)
    await sleep(afterMs)
    await forget(stage)
    expect(await placesOf(stage.pool, MARK)).toEqual([])
    await stage.answered(askNo)
    expect(await placesOf(stage.pool, MARK)).toEqual([])
    expect(await shown(stage)).toEqual(truth(stage))
    expect(await lefts(stage)).toBe(0)
    expect(await elsewhere(MARK)).toEqual([])
  })

  test('asks that wait, lists to be read, and asks afterwards', async () => {
    await using stage = await staged(backend())
    const source = { name: 'acme', kind: 'tencent', pseudonyms: { key: KEY, everybody: false } } as const
    const early = await askFor(stage.pool, source, stage.sourceNo, { groups: ['@TGS#g1'], accounts: [A, 'u2_0'] })
    expect(await placesOf(stage.pool, A)).toContain('rollcall.ask.scope (1)')
    await forget(stage)
    expect(await placesOf(stage.pool, MARK)).toEqual([])
    const again = { groups: ['@TGS#g1'], accounts: ['u2_0', A] }
    expect(await askFor(stage.pool, source, stage.sourceNo, again)).toBe(early)
    expect(await placesOf(stage.pool, MARK)).toEqual([])
    await stage.worker()
    await stage.own.service.enqueue('start-sync', [{ ask: early }], { urgent: true })
    await stage.answered(early)
    await stage.answered(await stage.ask(null))
    expect(await shown(stage)).toEqual(truth(stage))
    await stage.answered(
      await askFor(stage.pool, source, stage.sourceNo, { groups: [], accounts: [A] }).then(async (ask) => {
        await stage.own.service.enqueue('start-sync', [{ ask }], { urgent: true })
        return ask
      }),
    )
    expect(await placesOf(stage.pool, MARK)).toEqual([])
    expect(await elsewhere(MARK)).toEqual([])
  })

  test('a worker without the key reads nothing of that source, and one with it goes on', async () => {
    await using stage = await staged(backend())
    await forget(stage)
    delete stage.setting.pseudonymKey
    const without = await stage.worker()
    const askNo = await stage.ask(null)
    await sleep(2_000)
    expect((await stage.progress(askNo))?.ended).toBe(false)
    expect(await placesOf(stage.pool, MARK)).toEqual([])
    await without.end()
    stage.setting.pseudonymKey = KEY
    await stage.worker()
    await stage.answered(askNo)
    expect(await shown(stage)).toEqual(truth(stage))
    expect(await placesOf(stage.pool, MARK)).toEqual([])
  })
}
