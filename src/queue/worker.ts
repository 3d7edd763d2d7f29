import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { endSilentWriters } from '../sync/shared/look-around.ts'
import type { Backend } from './backend.ts'
import { processJob, type SharedWork } from './process.ts'
import { QUEUES, type Queues } from './queues.ts'
import type { JobKind } from './types.ts'

export interface WorkerSettings {
  /** Jobs side by side, of scheduled work and of urgent work each. */
  readonly concurrency: number
  readonly watchEveryMs?: number
  /** How long what is in hand may take to end by itself, default 8 s. */
  readonly graceMs?: number
}

/** The lock of a job lives so long without its worker; half of it is when it is renewed. */
const LOCK_MS = 8_000
const STALLED_EVERY_MS = 2_500
const WATCH_EVERY_MS = 10_000

/** Works the queues until it is stopped. Stopping hands back what cannot end within the grace period. */
export async function startWorker(
  backend: Backend,
  queues: Queues,
  shared: SharedWork,
  kinds: ReadonlyMap<string, JobKind>,
  { concurrency, watchEveryMs = WATCH_EVERY_MS, graceMs = 8_000 }: WorkerSettings,
): Promise<{ stop(): Promise<void> }> {
  const [soon, now] = [new AbortController(), new AbortController()]
  const stopping = { soon: soon.signal, now: now.signal }
  setMaxListeners(0, soon.signal, now.signal) // each job listens to them, and stops listening
  let active = 0
  const workers = [QUEUES.normal, QUEUES.urgent].map((name) =>
    backend.worker(
      name,
      // BullMQ gives the signal of the lock only to a function of three parameters.
      async (job, token, signal) => {
        active++
        await processJob(kinds, shared, stopping, job, token, signal).finally(() => active--)
      },
      {
        concurrency,
        lockDuration: LOCK_MS,
        stalledInterval: STALLED_EVERY_MS,
        maxStalledCount: 100,
        // What stands in the queue is looked for at least so often, if a notice of it was lost.
        drainDelay: 5,
      },
    ),
  )
  await Promise.all(workers.map((worker) => worker.waitUntilReady()))
  // By a timer of this process: a schedule for it would be lost with the queue it looks after.
  const look = (): void => {
    queues.enqueue('watch', [{}], { urgent: false }).catch((error: unknown) => {
      shared.log.warn({ err: error }, 'the queue does not answer')
    })
    // Not by the queue: every place in it may be taken by work that waits for such a writer's locks.
    endSilentWriters(shared).catch((error: unknown) => {
      shared.log.warn({ err: error }, 'the database does not answer')
    })
  }
  look()
  const timer = setInterval(look, watchEveryMs)

  return {
    async stop() {
      clearInterval(timer)
      soon.abort(new Error('this worker stops'))
      await Promise.allSettled(workers.map((worker) => worker.pause(true)))
      const deadline = performance.now() + graceMs
      while (active > 0 && performance.now() < deadline) await sleep(20)
      now.abort(new Error('the grace period of this worker is over'))
      await Promise.race([
        Promise.allSettled(workers.map((worker) => worker.close())),
        sleep(5_000, undefined, { ref: false }),
      ])
      await Promise.allSettled(workers.map((worker) => worker.close(true)))
    },
  }
}
