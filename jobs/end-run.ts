import type { Work } from '../src/queue/types.ts'
import { keepFacts } from '../src/sync/keep-facts.ts'
import { finishRun } from '../src/sync/shared/finish-run.ts'

/** Ends a run whose work has ended, goes on with what waited for it, and only then sees to its facts. */
export async function endRun(work: Work, run: number): Promise<void> {
  const ended = await finishRun(work, run, work.life.signal)
  if (ended === null) return
  for (const { askNo, urgent } of ended.waiting)
    await work.enqueue('start-sync', [{ ask: askNo, after: run }], { urgent })
  await keepFacts(work, ended.sourceNo)
}
