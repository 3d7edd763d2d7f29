import type { Config } from '../config.ts'
import type { Millis } from '../core/member.ts'
import type { Change, Life, RunCounts, Verdict } from './types.ts'

/** What the verbs of the queue ask of the rest of the program. */
export interface QueueServices {
  /** Works the queues until the life of the process ends. */
  work(config: Config, ask: WorkAsk, life: Life): Promise<void>
  resync(config: Config, ask: ResyncAsk, life: Life): Promise<ResyncAnswer>
  /** The schedules of the file, and what the database knows of them. */
  schedules(config: Config): Promise<readonly ScheduleShown[]>
  /** Makes the schedules of the queue equal to those of the file. */
  applySchedules(config: Config): Promise<readonly ScheduleShown[]>
}

export interface WorkAsk {
  /** Jobs side by side. */
  readonly concurrency: number
  /** Keep the schedules equal to the file as well, and serve the web page (`up`). */
  readonly schedules: boolean
  /** Says for people what is going on. */
  readonly tell: (line: string) => void
}

export interface ResyncAsk {
  readonly source: string
  /** Both empty: the whole source. */
  readonly groups: readonly string[]
  readonly accounts: readonly string[]
  readonly wait: boolean
}

export interface ResyncAnswer {
  readonly ask: number
  readonly source: string
  /** Null where it was not waited for. */
  readonly run:
    | (RunCounts & { readonly runId: number; readonly verdict: Verdict; readonly reason: string | null })
    | null
  /** How it was answered, where no run of its own did. */
  readonly note: string | null
  readonly changes: readonly Change[]
}

export interface ScheduleShown {
  readonly source: string
  readonly pattern: string
  readonly timezone: string
  readonly next: readonly Millis[]
  /** False: `schedule apply` (or `up`) has not yet made the queue follow this line of the file. */
  readonly applied: boolean
  readonly lastTick: Millis | null
  readonly lastSkipped: Millis | null
}
