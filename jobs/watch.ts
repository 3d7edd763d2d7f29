import type { JobKind, Work } from '../src/queue/types.ts'
import { freshen } from '../src/sync/shared/freshen.ts'
import { hintsLeft } from '../src/sync/shared/hints.ts'
import { retentionLeft } from '../src/sync/shared/retention.ts'
import { lostAsks, lostTicks, lostWork } from '../src/sync/shared/look-around.ts'
import { follow } from './follow.ts'

const LONG_MS = 3_000

/**
 * Finds what the queue has lost: overdue ticks, parts, asks and ended runs without a job, schedules; and queues it anew.
 * Chooses what is read next to stay fresh, and whose retention goes on. What fails of it keeps nothing else from being
 * done, unless it took long to fail: then the rest would wait as long for the same thing, and another worker may do better.
 */
export const watch: JobKind = {
  name: 'watch',
  parse: () => ({}),
  dedupeKey: () => 'watch',
  async run(_payload, work) {
    const failures: unknown[] = []
    for (const step of [schedules, ticks, parts, asks, freshness, retention, hints]) {
      const began = performance.now()
      await step(work).catch((error: unknown) => failures.push(error))
      if (failures.length > 0 && performance.now() - began > LONG_MS) break
    }
    if (failures.length > 0) throw failures[0]
    work.log.debug({ queue: await work.upkeep.counts() }, 'watch')
  },
}

async function schedules(work: Work): Promise<void> {
  const repaired = await work.upkeep.repairSchedules()
  if (repaired.length > 0) work.log.warn({ sources: repaired }, 'schedules were missing in the queue and are restored')
}

async function ticks(work: Work): Promise<void> {
  await work.enqueue('start-sync', await lostTicks(work), { urgent: false })
}

async function parts(work: Work): Promise<void> {
  const { parts: unworked, ended } = await lostWork(work)
  for (const part of unworked) await follow(work, { parts: [part], finished: false }, part.runNo, part.urgent)
  for (const { runNo, urgent } of ended) await work.enqueue('finish-run', [{ run: runNo }], { urgent })
}

async function asks(work: Work): Promise<void> {
  const lost = await lostAsks(work)
  for (const urgent of [true, false]) {
    const theirs = lost.filter((ask) => ask.urgent === urgent).map(({ askNo }) => ({ ask: askNo }))
    await work.enqueue('start-sync', theirs, { urgent })
  }
}

async function freshness(work: Work): Promise<void> {
  for (const ask of await freshen(work)) await work.enqueue('start-sync', [{ ask }], { urgent: false })
}

async function retention(work: Work): Promise<void> {
  const due = (await retentionLeft(work)).map((source) => ({ source }))
  await work.enqueue('retain', due, { urgent: false })
}

async function hints(work: Work): Promise<void> {
  const looks = (await hintsLeft(work, 10_000)).map((ask) => ({ ask, hinted: true }))
  await work.enqueue('start-sync', looks, { urgent: true })
}
