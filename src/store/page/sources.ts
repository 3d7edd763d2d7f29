import type { Pool } from 'pg'
import { ask, type Shown } from './shown.ts'

interface SourceRow {
  name: string
  vendor: string
  groups: number
  dissolved: number
  members: bigint
  /** Groups whose last complete read is more than a day old. */
  stale: number
  /** Groups that were never read completely. */
  uncovered: number
  oldest_complete: Date | null
  newest_read: Date | null
  /** The first complete read of any of its groups. */
  proven_from: Date | null
}
export type SourceShown = Shown<SourceRow>

export const listSources = (pool: Pool): Promise<SourceShown[]> => ask<SourceRow>(pool, 'page-sources')

interface RunTotalRow {
  source: string
  verdict: 'complete' | 'partial' | 'failed'
  runs: number
  duration_ms: bigint
  complete: bigint
  partial: bigint
  gone: bigint
  failed: bigint
  unchanged: bigint
  unwalked: bigint
  joined: bigint
  left: bigint
  rate_limited: bigint
  last_finished_at: Date
}
export type RunTotals = Shown<RunTotalRow>

/** What the finished runs of each source add up to, by verdict. */
export const runTotals = (pool: Pool): Promise<RunTotals[]> => ask<RunTotalRow>(pool, 'page-run-totals')

interface RetentionRow {
  source: string
  ended_at: Date | null
  stays: bigint
  edits: bigint
  events: bigint
  reads: bigint
}
export type RetentionShown = Shown<RetentionRow>

/** What retention has dropped of each source, ever. */
export const retention = (pool: Pool): Promise<RetentionShown[]> => ask<RetentionRow>(pool, 'page-retention')

interface CallTotalRow {
  source: string
  endpoint: string
  calls: bigint
  calls_day: bigint
  busy_ms_day: bigint
}
export type CallTotals = Shown<CallTotalRow>

/** Calls by endpoint, ever and in the last 24 hours. */
export const callTotals = (pool: Pool): Promise<CallTotals[]> => ask<CallTotalRow>(pool, 'page-call-totals')
