import type { Pool } from 'pg'
import { timestamp } from '../statement.ts'
import { ask } from './shown.ts'

export const STEPS = ['hour', 'day', 'week'] as const

export interface SeriesAsk {
  readonly source: string
  /** Null: the whole source. */
  readonly groupId: string | null
  readonly since: number
  readonly until: number
  /** IANA. */
  readonly zone: string
  readonly step: (typeof STEPS)[number]
}

/** A step of time: what happened in it, and how many members there were at its end. */
export interface Step {
  readonly at: string
  readonly joined: number
  /** Found by a first read: nobody saw these joins happen. */
  readonly backlog: number
  readonly left: number
  readonly members: number
}

interface StepRow {
  at: Date
  joined: number
  backlog: number
  left: number
  members: number
}

export function series(pool: Pool, of: SeriesAsk): Promise<Step[]> {
  const values = [of.source, of.groupId, timestamp(of.since), timestamp(of.until), of.zone, of.step]
  return ask<StepRow>(pool, 'page-series', values)
}

/** How many groups of a source stood at the end of each day. */
export function groupsByDay(
  pool: Pool,
  of: Omit<SeriesAsk, 'groupId' | 'step'>,
): Promise<{ readonly at: string; readonly groups: number }[]> {
  return ask<{ at: Date; groups: number }>(pool, 'page-groups-series', [
    of.source,
    timestamp(of.since),
    timestamp(of.until),
    of.zone,
  ])
}
