import type { Pool } from 'pg'
import type { JsonObject } from '../../core/member.ts'
import { ask, containing, type Shown } from './shown.ts'

export const GROUP_SORTS = ['name', 'members', 'read', 'created', 'seen'] as const
export const GROUP_STATES = ['standing', 'dissolved', 'all'] as const
export const COVERAGES = ['full', 'partial', 'none'] as const

export interface GroupsAsk {
  readonly source: string | null
  readonly q: string | null
  readonly state: (typeof GROUP_STATES)[number]
  readonly types: readonly string[] | null
  readonly coverage: readonly (typeof COVERAGES)[number][] | null
  /** Those alone whose last complete read is more than a day old. */
  readonly stale: boolean
  readonly sort: (typeof GROUP_SORTS)[number]
  readonly descending: boolean
  readonly after: { readonly key: string; readonly groupNo: number } | null
  readonly limit: number
}

interface GroupListRow {
  group_no: number
  key: string
  source: string
  group_id: string
  name: string | null
  type: string
  owner_id: string | null
  members: number
  vendor_count: number | null
  max_members: number | null
  coverage: (typeof COVERAGES)[number]
  created_at: Date | null
  first_seen_at: Date
  last_read_at: Date | null
  complete_at: Date | null
  dissolved_at: Date | null
}
export type GroupListed = Shown<GroupListRow>

const stateOf = (state: GroupsAsk['state']): string | null => (state === 'all' ? null : state)

/** One page of groups, in the asked order. */
export function listGroups(pool: Pool, of: GroupsAsk): Promise<GroupListed[]> {
  const { source, types, coverage, stale, sort, descending, after, limit } = of
  const find = [source, containing(of.q), stateOf(of.state), types, coverage]
  return ask<GroupListRow>(pool, 'page-groups', [
    ...find,
    sort,
    descending,
    after?.key ?? null,
    after?.groupNo ?? null,
    limit,
    stale,
  ])
}

/** How many groups fit, by type (whichever types are asked for). */
export function countGroups(pool: Pool, of: GroupsAsk): Promise<{ readonly type: string; readonly groups: number }[]> {
  return ask<{ type: string; groups: number }>(pool, 'page-groups-count', [
    of.source,
    containing(of.q),
    stateOf(of.state),
    of.coverage,
    of.stale,
  ])
}

interface GroupRow {
  source: string
  group_id: string
  type: string
  name: string | null
  owner_id: string | null
  members: number
  vendor_count: number | null
  max_members: number | null
  mute_all: boolean | null
  join_mode: 'free' | 'approval' | 'closed' | null
  created_at: Date | null
  attributes: JsonObject | null
  first_seen_at: Date
  dissolved_at: Date | null
  coverage: (typeof COVERAGES)[number]
  last_read_at: Date | null
  complete_at: Date | null
  proven_from: Date | null
  unseen: number
}
export type GroupPage = Shown<GroupRow>

export async function oneGroup(pool: Pool, source: string, groupId: string): Promise<GroupPage | null> {
  const [row] = await ask<GroupRow>(pool, 'page-group', [source, groupId])
  return row ?? null
}

interface ReadRow {
  run_id: number
  began_at: Date
  ended_at: Date
  outcome: 'complete' | 'partial' | 'gone' | 'forbidden' | 'unlistable' | 'failed' | 'unwalked'
  vendor_count: number | null
  rows_read: number
  reason: string | null
}
export type GroupReadShown = Shown<ReadRow>

/** The group's receipts of the newest runs of its source, newest first. */
export function groupReads(pool: Pool, source: string, groupId: string, runs: number): Promise<GroupReadShown[]> {
  return ask<ReadRow>(pool, 'page-group-reads', [source, groupId, runs])
}
