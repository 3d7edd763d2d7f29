import { z } from 'zod'
import type { JobKind } from '../src/queue/types.ts'
import { retain as retainSource } from '../src/sync/retain.ts'

const payload = z.object({ source: z.string().min(1) })
type Payload = z.output<typeof payload>

/** So long at a time; the watch queues the rest anew, and other work gets its turn. */
const BUDGET_MS = 60_000

/** Takes out of the history of a source what is older than its configuration wants kept. */
export const retain: JobKind<Payload> = {
  name: 'retain',
  parse: (data) => payload.parse(data),
  dedupeKey: ({ source }) => `retain-${source}`,
  priority: () => 1_000,
  async run({ source }, work) {
    const rule = work.retain?.find((one) => one.source === source)
    if (rule === undefined) return
    const signal = AbortSignal.any([work.life.signal, work.life.stopping])
    const retained = await retainSource(work, rule, { signal, budgetMs: BUDGET_MS })
    if (retained !== null) work.log.info({ ...retained }, 'retention')
  },
}
