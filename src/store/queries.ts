import type { Pool } from 'pg'
import type { Change } from '../core/change.ts'
import type { JsonObject, Millis, Role } from '../core/member.ts'
import { fetched } from './cursor.ts'
import { millis, statement, timestamp } from './statement.ts'

export interface RollRow {
  readonly accountId: string
  readonly role: Role
  readonly nameCard: string | null
  readonly joinedAt: Millis | null
  readonly proven: boolean
}

/** Who was in a group at a moment (`members_at`), owner and admins first. */
export async function membersAt(pool: Pool, source: string, groupId: string, at: Millis): Promise<RollRow[]> {
  const { rows } = await pool.query<{
    account_id: string
    role: Role
    name_card: string | null
    joined_at: Date | null
    proven: boolean
  }>(statement('members-at'), [source, groupId, timestamp(at)])
  return rows.map((row) => ({
    accountId: row.account_id,
    role: row.role,
    nameCard: row.name_card,
    joinedAt: millis(row.joined_at),
    proven: row.proven,
  }))
}

export interface GroupShown {
  readonly name: string | null
  readonly type: string
  readonly coverage: 'full' | 'partial' | 'none'
  readonly lastReadAt: Millis | null
  readonly dissolvedAt: Millis | null
  /** No roll is proven before; null: it was never read completely. */
  readonly provenFrom: Millis | null
  /** Stays that ended before are kept no more; null: all are kept. */
  readonly keptFrom: Millis | null
}

/** One group of `current_groups`; null when it was never seen. */
export async function groupShown(pool: Pool, source: string, groupId: string): Promise<GroupShown | null> {
  const { rows } = await pool.query<{
    name: string | null
    type: string
    coverage: GroupShown['coverage']
    last_read_at: Date | null
    dissolved_at: Date | null
    proven_from: Date | null
    kept_from: Date | null
  }>(statement('group-shown'), [source, groupId])
  const [row] = rows
  if (row === undefined) return null
  const { name, type, coverage } = row
  const times = { lastReadAt: millis(row.last_read_at), dissolvedAt: millis(row.dissolved_at) }
  return { name, type, coverage, ...times, provenFrom: millis(row.proven_from), keptFrom: millis(row.kept_from) }
}

export interface SourceFacts {
  readonly groups: number
  readonly members: number
  readonly oldestCompleteRead: Millis | null
}

/** How much a source's roll holds, and its oldest complete read. */
export async function sourceFacts(pool: Pool, source: string): Promise<SourceFacts> {
  const { rows } = await pool.query<{ groups: number; members: bigint; oldest_complete_read: Date | null }>(
    statement('source-facts'),
    [source],
  )
  const [row] = rows
  return {
    groups: row?.groups ?? 0,
    members: Number(row?.members ?? 0),
    oldestCompleteRead: millis(row?.oldest_complete_read ?? null),
  }
}

export interface ChangeFilter {
  readonly source: string | null
  readonly groupId: string | null
  readonly accountId: string | null
  readonly since: Millis | null
  readonly until: Millis | null
}

export interface ChangeRow {
  id: bigint
  source: string
  group_id: string
  account_id: string | null
  kind: Change['kind']
  at: Date
  not_before: Date | null
  not_after: Date | null
  old: JsonObject | null
  new: JsonObject | null
  run_id: number | null
  imported?: boolean
}

const BATCH = 1000

/** The change feed, oldest first: memory stays flat however long the history. */
export async function* changes(pool: Pool, filter: ChangeFilter): AsyncGenerator<Change> {
  const params = [filter.source, filter.groupId, filter.accountId, timestamp(filter.since), timestamp(filter.until)]
  for await (const rows of fetched<ChangeRow>(pool, statement('changes'), params, BATCH))
    for (const row of rows) yield changeFromRow(row)
}

export function changeFromRow(row: ChangeRow): Change {
  return {
    id: row.id.toString(),
    source: row.source,
    groupId: row.group_id,
    accountId: row.account_id,
    kind: row.kind,
    at: row.at.getTime(),
    notBefore: millis(row.not_before),
    notAfter: millis(row.not_after),
    old: row.old,
    new: row.new,
    runId: row.run_id,
    ...(row.imported === true ? { imported: true } : {}),
  }
}

/** The database's own time. */
export async function databaseNow(pool: Pool): Promise<Millis> {
  const { rows } = await pool.query<{ now: Date }>('SELECT clock_timestamp() AS now')
  return rows[0]?.now.getTime() ?? Number.NaN
}
