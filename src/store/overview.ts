import type { Pool } from 'pg'
import type { Millis, Role } from '../core/member.ts'
import { statement, timestamp } from './statement.ts'

/** The names of the sources that the database has a history of. */
export async function knownSources(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(statement('known-sources'))
  return rows.map((row) => row.name)
}

/** Joins and leaves a week, without the backlog that first reads find. */
export async function movesByWeek(
  pool: Pool,
  source: string,
): Promise<{ readonly startsAt: Millis; readonly joined: number; readonly left: number }[]> {
  const { rows } = await pool.query<{ week: Date; joined: number; left: number }>(statement('moves-by-week'), [source])
  return rows.map(({ week, joined, left }) => ({ startsAt: week.getTime(), joined, left }))
}

export interface GroupMoves {
  readonly groupId: string
  readonly name: string
  readonly joined: number
  readonly left: number
}

/** The groups with the most joins and leaves, busiest first. */
export async function busiestGroups(pool: Pool, source: string, howMany: number): Promise<GroupMoves[]> {
  const { rows } = await pool.query<{ group_id: string; name: string | null; joined: number; left: number }>(
    statement('moves-by-group'),
    [source, howMany],
  )
  return rows.map((row) => ({
    groupId: row.group_id,
    name: row.name ?? row.group_id,
    joined: row.joined,
    left: row.left,
  }))
}

/** How many members groups had at moments: one list of sizes a group. */
export async function sizesAt(
  pool: Pool,
  source: string,
  groupIds: readonly string[],
  moments: readonly Millis[],
): Promise<Map<string, readonly number[]>> {
  const { rows } = await pool.query<{ group_id: string; sizes: number[] }>(statement('sizes-at'), [
    source,
    groupIds,
    moments.map((at) => timestamp(at)),
  ])
  return new Map(rows.map((row) => [row.group_id, row.sizes]))
}

/** The groups created (after the first run) or dissolved last, newest first. */
export async function groupsLately(pool: Pool, source: string, kind: 'created' | 'dissolved', howMany: number) {
  const { rows } = await pool.query<{ group_id: string; name: string | null; at: Date; members: number }>(
    statement('groups-lately'),
    [source, kind, howMany],
  )
  return rows.map((row) => ({
    groupId: row.group_id,
    name: row.name ?? row.group_id,
    at: row.at.getTime(),
    members: row.members,
  }))
}

/** The last role changes, newest first. */
export async function rolesLately(pool: Pool, source: string, howMany: number) {
  const { rows } = await pool.query<{
    group_id: string
    name: string | null
    account_id: string
    old_role: Role
    new_role: Role
    at: Date
  }>(statement('roles-lately'), [source, howMany])
  return rows.map((row) => ({
    groupId: row.group_id,
    name: row.name ?? row.group_id,
    accountId: row.account_id,
    from: row.old_role,
    to: row.new_role,
    at: row.at.getTime(),
  }))
}

/** The whole roll of a source now: role by group and account. */
export async function rollNow(pool: Pool, source: string): Promise<Map<string, Map<string, Role>>> {
  const { rows } = await pool.query<{ group_id: string; account_id: string; role: Role }>(statement('roll-now'), [
    source,
  ])
  const roll = new Map<string, Map<string, Role>>()
  for (const { group_id, account_id, role } of rows) {
    const group = roll.get(group_id) ?? new Map<string, Role>()
    roll.set(group_id, group.set(account_id, role))
  }
  return roll
}

/** Every recorded leave with the moments it lies between, oldest first. */
export async function recordedLeaves(pool: Pool, source: string) {
  const { rows } = await pool.query<{ group_id: string; account_id: string; not_before: Date; not_after: Date }>(
    statement('left-of-source'),
    [source],
  )
  return rows.map((row) => ({
    groupId: row.group_id,
    accountId: row.account_id,
    notBefore: row.not_before.getTime(),
    notAfter: row.not_after.getTime(),
  }))
}

/** How many stays overlap another of the same member in the same group. */
export async function overlappingStays(pool: Pool, source: string): Promise<number> {
  const { rows } = await pool.query<{ overlaps: number }>(statement('overlapping-stays'), [source])
  return rows[0]?.overlaps ?? 0
}
