import { DelayedError, type Job, UnrecoverableError, WaitingError } from 'bullmq'
import { outcomeOf } from './outcome.ts'
import type { JobKind, Work } from './types.ts'

/** What every job is given, but for what is its own. */
export type SharedWork = Omit<Work, 'life' | 'tickAt'>

export interface Stopping {
  /** Begin nothing new. */
  readonly soon: AbortSignal
  /** End what is under way. */
  readonly now: AbortSignal
}

/** Runs one job of BullMQ, and tells BullMQ what became of it. */
export async function processJob(
  kinds: ReadonlyMap<string, JobKind>,
  shared: SharedWork,
  stopping: Stopping,
  job: Job<object, void>,
  token: string | undefined,
  lock: AbortSignal | undefined,
): Promise<void> {
  const kind = kinds.get(job.name)
  if (kind === undefined) throw new UnrecoverableError(`no job is called ${job.name}`)
  const payload = kind.parse(job.data)
  // Not AbortSignal.any: on Node 20 a signal that lives long keeps something of each one derived from it.
  const control = new AbortController()
  const end = (): void => control.abort(lock?.aborted === true ? lock.reason : stopping.now.reason)
  for (const cause of [lock, stopping.now]) cause?.addEventListener('abort', end, { once: true })
  if (lock?.aborted === true || stopping.now.aborted) end()
  const { signal } = control
  const work: Work = { ...shared, life: { signal, stopping: stopping.soon }, tickAt: job.opts.prevMillis ?? null }
  try {
    await kind.run(payload, work)
  } catch (error) {
    const outcome = outcomeOf(error, { stopping: stopping.now.aborted, lost: lock?.aborted === true })
    switch (outcome.do) {
      case 'end':
        return
      case 'handBack':
        await job.moveToWait(token)
        throw new WaitingError()
      case 'later':
        shared.log.warn(
          { job: job.name, err: error },
          'something the work needs is missing; it is tried again in a while',
        )
        await job.moveToDelayed(Date.now() + outcome.ms, token)
        throw new DelayedError()
      case 'fail': {
        const message = error instanceof Error ? error.message : String(error)
        shared.log.warn({ job: job.name, id: job.id, attempt: job.attemptsMade + 1, err: error }, message)
        if (job.attemptsMade + 1 >= (job.opts.attempts ?? 1)) await kind.gaveUp?.(payload, work, message)
        throw error
      }
    }
  } finally {
    for (const cause of [lock, stopping.now]) cause?.removeEventListener('abort', end)
  }
}
