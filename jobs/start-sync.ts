import { z } from 'zod'
import type { Follow, JobKind, Work } from '../src/queue/types.ts'
import { beginRun } from '../src/sync/shared/begin-run.ts'
import { tick } from '../src/sync/shared/tick.ts'
import { workPart } from '../src/sync/shared/work-part.ts'
import { endRun } from './end-run.ts'
import { follow } from './follow.ts'

const payload = z.union([
  /** `after`: the run that it waited for. */
  z.object({
    ask: z.int().positive(),
    after: z.int().positive().optional(),
    /** Asked for by a webhook: behind what a person waits for. */
    hinted: z.boolean().optional(),
  }),
  /** The tick of a schedule; `at` where the watch makes good for a missed one. */
  z.object({ source: z.string().min(1), at: z.number().optional() }),
])
type Payload = z.output<typeof payload>

/** Behind every part of a run that a person waits for, in the same queue. */
const BEHIND_PEOPLE = 2_050_000

/** Begins a run of a source: for an ask, or at a tick of its schedule. */
export const startSync: JobKind<Payload> = {
  name: 'start-sync',
  parse: (data) => payload.parse(data),
  dedupeKey: (what) =>
    'ask' in what ? `start-${what.ask}-after-${what.after ?? 0}` : `tick-${what.source}-${what.at ?? 'now'}`,
  priority: (what) => ('hinted' in what && what.hinted === true ? BEHIND_PEOPLE : 0),
  async run(what, work) {
    const ask = 'ask' in what ? what.ask : await asked(what, work)
    if (ask === null) return
    const begun = await beginRun(work, ask)
    if (begun.kind !== 'begun') return
    const [part, ...others] = begun.parts
    if (begun.urgent && part !== undefined && others.length === 0) return atOnce(work, part)
    await follow(work, { parts: begun.parts, finished: begun.parts.length === 0 }, begun.runNo, begun.urgent)
  },
}

/** What somebody waits for and is small goes no further way through the queue, unless something keeps it from ending here. */
async function atOnce(work: Work, part: Follow['parts'][number]): Promise<void> {
  const urgent = true
  const found = (more: Follow) => follow(work, more, part.runNo, urgent)
  try {
    const next = await workPart(work, part, work.life, found)
    if (next === null) return
    if (!next.finished) return await found(next)
    await endRun(work, part.runNo)
  } catch (error) {
    work.log.debug({ err: error, runNo: part.runNo }, 'handed to the queue')
    await found({ parts: [part], finished: false })
  }
}

async function asked({ source, at }: Extract<Payload, { source: string }>, work: Work): Promise<number | null> {
  const made = await tick(work, source, at ?? work.tickAt ?? Date.now())
  return made.kind === 'asked' ? made.askNo : null
}
