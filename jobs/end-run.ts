import type { Work } from '../src/queue/types.ts'
import { finishRun } from '../src/sync/shared/finish-run.ts'

/** Ends a run whose work has ended, and goes on with what waited for it. */
export async function endRun(work: Work, run: number): Promise<void> {
  for (const { askNo, urgent } of (await finishRun(work, run, work.life.signal)) ?? []) {
    await work.enqueue('start-sync', [{ ask: askNo, after: run }], { urgent })
  }
}
