import type { Backend, BullQueue } from './backend.ts'
import type { JobKind, Work } from './types.ts'

/** Scheduled work, and what somebody waits for. */
export const QUEUES = { normal: 'rollcall', urgent: 'rollcall-urgent' } as const

export interface Queues {
  readonly normal: BullQueue
  readonly urgent: BullQueue
  enqueue: Work['enqueue']
  counts(): Promise<Record<string, number>>
  close(): Promise<void>
}

/** How often and after which waits a failed job is tried again. */
export const ATTEMPTS = { attempts: 5, backoff: { type: 'exponential', delay: 1000 } } as const
/** A job that has ended leaves nothing behind: its key may come again, and what came of it stands in the database. */
export const LEAVES_NOTHING = { removeOnComplete: true, removeOnFail: true } as const

export function openQueues(backend: Backend, kinds: ReadonlyMap<string, JobKind>): Queues {
  const normal = backend.queue(QUEUES.normal)
  const urgent = backend.queue(QUEUES.urgent)
  return {
    normal,
    urgent,
    async enqueue(name, payloads, options) {
      const kind = kinds.get(name)
      if (kind === undefined) throw new Error(`no job is called ${name}`)
      if (payloads.length === 0) return
      const jobs = payloads
        .map((data) => ({ data, payload: kind.parse(data) }))
        .map(({ data, payload }) => ({
          name,
          data,
          opts: {
            ...ATTEMPTS,
            ...LEAVES_NOTHING,
            jobId: kind.dedupeKey(payload),
            ...(kind.priority === undefined ? {} : { priority: kind.priority(payload) }),
          },
        }))
      await (options.urgent ? urgent : normal).addBulk(jobs)
    },
    async counts() {
      const [one, two] = await Promise.all([normal.getJobCounts(), urgent.getJobCounts()])
      return Object.fromEntries(Object.entries(one).map(([state, n]) => [state, n + (two[state] ?? 0)]))
    },
    async close() {
      await Promise.allSettled([normal.close(), urgent.close()])
    },
  }
}
