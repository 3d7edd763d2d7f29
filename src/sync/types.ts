import type { Change } from '../core/change.ts'
import type { Clock } from '../core/clock.ts'
import type { Guard } from '../core/guard.ts'
import type { RunCounts, Runs, Trigger, Verdict } from '../store/runs.ts'
import type { Vendor } from '../vendors/types.ts'
import type { Trace } from '../trace.ts'
import type { Approvals } from './settle.ts'
import type { Pool } from 'pg'

/** What a sync needs to know of a source. */
export interface SyncSource {
  readonly name: string
  readonly vendor: Vendor
  readonly discover: {
    readonly accounts: readonly string[]
    readonly allGroups: boolean
    readonly groups: readonly string[]
    readonly expand: 'members' | 'none'
  }
  /** Accounts that are not kept by name: the key of their pseudonyms, and whether that is everybody. Absent: no key. */
  readonly pseudonyms?: { readonly key: string | null; readonly everybody: boolean }
  /** Types of groups to read, in their normal form; null for all. */
  readonly types: readonly string[] | null
  /** What a tick of the schedule does while a run of the whole source is under way; default: it is skipped. */
  readonly overlap?: 'skip' | 'queue'
  /**
   * How long a group in whose details nothing changes may go without its members being walked, in runs of the whole
   * source; default: every run walks.
   */
  readonly fullEveryMs?: number | undefined
  /** Hold back leaves of one group, and the dissolving of groups, that are too many at once. Absent: nothing is held. */
  readonly leaveGuard?: Guard
  readonly dissolveGuard?: Guard
  /** What the transport has counted: calls by endpoint, "too fast" answers, and what is being waited for. */
  readonly traffic: {
    calls(): Readonly<Record<string, number>>
    rateLimited(): number
    waiting(): string | null
  }
}

export interface SyncDeps {
  readonly pool: Pool
  readonly runs: Runs
  readonly clock: Clock
  readonly log: Log
  /** Batches of details in flight, and walks of large groups in flight. */
  readonly concurrency?: number
  /** From how many members on a group is not held in memory; default 50,000, and fewer while other groups are held. */
  readonly largeFrom?: number
  readonly progress?: (snapshot: Progress) => void
  readonly trace?: Trace | undefined
}

export interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/** Which groups to read. Nothing named: all that the source discovers or knows. */
export interface Scope {
  readonly groups: readonly string[]
  readonly accounts: readonly string[]
}

export interface SyncOptions {
  readonly scope?: Scope
  readonly dryRun?: boolean
  readonly trigger?: Trigger
  /** What a person has approved, by group: of these groups nothing else ends. */
  readonly approved?: Approvals
}

export interface Progress {
  readonly phase: string
  readonly groupsDone: number
  readonly groupsKnown: number
  readonly members: number
  readonly calls: number
  readonly waiting: string | null
}

export interface SyncResult extends RunCounts {
  readonly source: string
  readonly runId: number | null
  readonly verdict: Verdict
  readonly durationMs: number
  /** True when the person (or a signal) ended it early. */
  readonly interrupted: boolean
  /** Why no further call could succeed, with its cure; null when it ran to its end. */
  readonly error: string | null
  /** Sentences for people: what is not complete and why, with the cure. */
  readonly notes: readonly string[]
  readonly changes?: readonly Change[]
}
