import type { Pool } from 'pg'
import type { GroupReadShown } from './groups.ts'
import { ask, type Shown } from './shown.ts'

export const RUN_STATES = ['complete', 'partial', 'failed', 'running'] as const

export interface RunsAsk {
  readonly source: string | null
  readonly verdict: (typeof RUN_STATES)[number] | null
  readonly trigger: 'schedule' | 'manual' | 'webhook' | null
  readonly before: number | null
  readonly limit: number
}

interface RunRow {
  id: number
  source: string
  trigger: 'schedule' | 'manual' | 'webhook'
  started_at: Date
  finished_at: Date | null
  verdict: 'complete' | 'partial' | 'failed' | null
  reason: string | null
  groups_seen: number
  groups_complete: number
  groups_partial: number
  groups_gone: number
  groups_failed: number
  groups_unchanged: number
  groups_unwalked: number
  members_read: bigint
  members_joined: bigint
  members_left: bigint
  members_changed: bigint
  members_held: bigint
  calls: Record<string, number>
  rate_limited: number
  duration_ms: bigint | null
  /** Of a run that workers share, while it lasts: its groups, how many are read, and the members so far. */
  live_groups: number | null
  live_done: number | null
  live_members: bigint | null
}
export type RunShown = Shown<RunRow>

export function listRuns(pool: Pool, of: RunsAsk): Promise<RunShown[]> {
  return ask<RunRow>(pool, 'page-runs', [of.source, of.verdict, of.trigger, of.before, of.limit, null])
}

export async function oneRun(pool: Pool, id: number): Promise<RunShown | null> {
  const [row] = await ask<RunRow>(pool, 'page-runs', [null, null, null, null, 1, id])
  return row ?? null
}

interface RunReadRow {
  group_id: string
  name: string | null
  outcome: GroupReadShown['outcome']
  vendor_count: number | null
  rows_read: number
  passes: number
  calls: number
  reason: string | null
  began_at: Date
  ended_at: Date
  rank: number
}
export type RunRead = Shown<RunReadRow>

/** The receipts of a run, what went wrong first. */
export function runReads(
  pool: Pool,
  of: {
    readonly run: number
    readonly outcome: RunRead['outcome'] | null
    readonly after: { readonly rank: number; readonly groupId: string } | null
    readonly limit: number
  },
): Promise<RunRead[]> {
  const { run, outcome, after, limit } = of
  return ask<RunReadRow>(pool, 'page-run-reads', [run, outcome, after?.rank ?? null, after?.groupId ?? null, limit])
}

export function runOutcomes(pool: Pool, run: number): Promise<{ outcome: RunRead['outcome']; groups: number }[]> {
  return ask<{ outcome: RunRead['outcome']; groups: number }>(pool, 'page-run-outcomes', [run])
}
