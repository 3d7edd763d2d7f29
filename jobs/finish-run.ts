import { z } from 'zod'
import type { JobKind } from '../src/queue/types.ts'
import { endRun } from './end-run.ts'

const payload = z.object({ run: z.int().positive() })
type Payload = z.output<typeof payload>

/** Ends a run whose work has ended: verdict, counts, and on with what waited for it. */
export const finishRun: JobKind<Payload> = {
  name: 'finish-run',
  parse: (data) => payload.parse(data),
  dedupeKey: ({ run }) => `finish-${run}`,
  run: ({ run }, work) => endRun(work, run),
}
