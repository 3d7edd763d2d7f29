import type { Pool } from 'pg'
import type { Clock } from '../../core/clock.ts'
import type { Runs } from '../../store/runs.ts'
import type { PartRef } from '../../store/work.ts'
import type { Trace } from '../../trace.ts'
import type { RetainRule } from '../retain.ts'
import type { Log, SyncSource } from '../types.ts'

/** A run that workers share: what its use cases are built from. */
export interface SharedDeps {
  readonly pool: Pool
  readonly runs: Runs
  readonly clock: Clock
  readonly log: Log
  readonly trace?: Trace | undefined
  /** A source of the configuration, ready to be read; throws where this worker does not know it. */
  openSource(name: string, options: { readonly urgent: boolean }): SyncSource & AsyncDisposable
  /** The sources with a freshness to hold, of this worker's configuration. */
  readonly fresh?: readonly Fresh[]
  /** The sources that keep their history for a while only, of this worker's configuration. */
  readonly retain?: readonly RetainRule[]
}

/** A source that is to be read group by group, so that no group's newest read is older than the target. */
export interface Fresh {
  readonly source: string
  readonly vendor: string
  readonly targetMs: number
  /** Calls a second by endpoint. */
  readonly rates: Readonly<Record<string, number>>
}

/** When the work in hand must end. */
export interface Life {
  /** At once: the lock is lost, or the grace period over. */
  readonly signal: AbortSignal
  /** Soon: what is under way is finished, nothing new is begun, the rest is handed back. */
  readonly stopping: AbortSignal
}

/** This worker stops: the rest of the part goes back into the queue. */
export class HandBackError extends Error {
  override readonly name = 'HandBackError'
  constructor() {
    super('this worker stops; the rest is handed back')
  }
}

/** What a use case wants done next, for the queue. */
export interface Follow {
  readonly parts: readonly PartRef[]
  /** This run's work has ended. */
  readonly finished: boolean
}

/** Details calls, and walks, under way in one part. Many parts run side by side. */
export const PART_CONCURRENCY = 4
/** Groups above this size are walked in a part of their own, which another worker can go on with. */
export const LARGE_GROUP = 5_000
