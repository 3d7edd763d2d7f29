import { z } from 'zod'
import type { JobKind } from '../src/queue/types.ts'
import { stopSharedRun, workPart } from '../src/sync/shared/work-part.ts'
import { follow } from './follow.ts'

const payload = z.object({ run: z.int().positive(), part: z.int().positive(), urgent: z.boolean() })
export type PartPayload = z.output<typeof payload>

/** A job that works a part of a run. Parts with low numbers go first, so that a small run gets its turn beside a large one. */
export function partJob(name: string): JobKind<PartPayload> {
  return {
    name,
    parse: (data) => payload.parse(data),
    dedupeKey: ({ run, part }) => `part-${run}-${part}`,
    priority: ({ part }) => Math.min(part, 2_000_000),
    async run({ run, part, urgent }, work) {
      const next = await workPart(work, { runNo: run, partNo: part }, work.life, (found) =>
        follow(work, found, run, urgent),
      )
      if (next !== null) await follow(work, next, run, next.urgent)
    },
    gaveUp: ({ run, part }, work, reason) =>
      stopSharedRun(work, run, `part ${part} of the run failed again and again: ${reason}`),
  }
}
