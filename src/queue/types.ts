import type { Log } from '../log.ts'
import type { Follow, Life, SharedDeps } from '../sync/shared/types.ts'

export type { Follow, Life }

/** What runs, when, with what payload. Payloads are small and hold no secret: the queue is clear text. */
export interface JobKind<P extends object = object> {
  readonly name: string
  /** Throws for what is no payload of this job. */
  parse(data: unknown): P
  /** Two orders with the same key, while one of them waits or is worked on, are one. No colon in it. */
  dedupeKey(payload: P): string
  /** Lower goes first; those without go before all. */
  priority?(payload: P): number
  /** Safe to run twice, and by two workers at once. */
  run(payload: P, work: Work): Promise<void>
  /** Nothing has helped: what is to be said of it in the database. */
  gaveUp?(payload: P, work: Work, reason: string): Promise<void>
}

/** What a job is given to work with. */
export interface Work extends SharedDeps {
  readonly log: Log
  readonly life: Life
  /** The scheduled moment, for the tick of a schedule. */
  readonly tickAt: number | null
  /** Jobs name each other, as the queue does. Urgent work has a queue of its own. */
  enqueue(name: string, payloads: readonly object[], options: { readonly urgent: boolean }): Promise<void>
  readonly upkeep: Upkeep
}

/** What the watch looks after. */
export interface Upkeep {
  /** Makes the queue's schedules equal to the stored ones; says which were missing, wrong or overdue. */
  repairSchedules(): Promise<readonly string[]>
  counts(): Promise<Readonly<Record<string, number>>>
}
