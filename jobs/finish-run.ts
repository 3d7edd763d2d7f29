import { z } from 'zod'
import type { JobKind } from '../src/queue/types.ts'
import { finishRun as finish } from '../src/sync/shared/finish-run.ts'
import { startSync } from './start-sync.ts'

const payload = z.object({ run: z.int().positive() })
type Payload = z.output<typeof payload>

/** Ends a run whose work has ended: verdict, counts, and on with what waited for it. */
export const finishRun: JobKind<Payload> = {
  name: 'finish-run',
  parse: (data) => payload.parse(data),
  dedupeKey: ({ run }) => `finish-${run}`,
  async run({ run }, work) {
    for (const { askNo, urgent } of (await finish(work, run)) ?? []) {
      await work.enqueue(startSync, [{ ask: askNo, after: run }], { urgent })
    }
  },
}
