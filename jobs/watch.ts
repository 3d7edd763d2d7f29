import type { JobKind } from '../src/queue/types.ts'
import { freshen } from '../src/sync/shared/freshen.ts'
import { hintsLeft } from '../src/sync/shared/hints.ts'
import { lookAround } from '../src/sync/shared/look-around.ts'
import { retentionLeft } from '../src/sync/shared/retention.ts'
import { follow } from './follow.ts'

/** Finds what the queue has lost: overdue ticks, parts, asks and ended runs without a job, schedules; and queues it anew. Chooses what is read next to stay fresh, and whose retention goes on. */
export const watch: JobKind = {
  name: 'watch',
  parse: () => ({}),
  dedupeKey: () => 'watch',
  async run(_payload, work) {
    const repaired = await work.upkeep.repairSchedules()
    if (repaired.length > 0)
      work.log.warn({ sources: repaired }, 'schedules were missing in the queue and are restored')
    const { overdue, neglected, asks } = await lookAround(work)
    await work.enqueue('start-sync', overdue, { urgent: false })
    for (const part of neglected.parts) await follow(work, { parts: [part], finished: false }, part.runNo, part.urgent)
    for (const { runNo, urgent } of neglected.ended) await work.enqueue('finish-run', [{ run: runNo }], { urgent })
    for (const { askNo, urgent } of asks) await work.enqueue('start-sync', [{ ask: askNo }], { urgent })
    for (const ask of await freshen(work)) await work.enqueue('start-sync', [{ ask }], { urgent: false })
    const due = (await retentionLeft(work)).map((source) => ({ source }))
    await work.enqueue('retain', due, { urgent: false })
    const looks = (await hintsLeft(work, 10_000)).map((ask) => ({ ask, hinted: true }))
    await work.enqueue('start-sync', looks, { urgent: true })
    work.log.debug({ queue: await work.upkeep.counts(), overdue: overdue.length }, 'watch')
  },
}
