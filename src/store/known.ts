import type { Pool } from 'pg'
import { fromBigint, type MemberPrint } from '../core/fingerprint.ts'
import type { JsonObject, Member, Role } from '../core/member.ts'
import type { KnownRoll, StoredMember } from '../core/plan.ts'
import { millis, statement } from './statement.ts'

/** A group as the database knows it, with what its reads have established. */
export interface KnownGroup extends KnownRoll {
  readonly groupId: string
  readonly type: string
  readonly memberCount: number | null
  readonly wanted: boolean
}

interface KnownRow {
  group_no: number
  group_id: string
  type: string
  member_count: number | null
  group_print: bigint
  dissolved_at: Date | null
  wanted: boolean
  version: number
  rows: number
  print: bigint
  live_print: number
  unseen: number
  read_ended_at: Date | null
  first_complete_at: Date | null
  complete_began_at: Date | null
}

/** Every group of a source (or just the named ones), by id. */
export async function knownGroups(
  pool: Pool,
  sourceNo: number,
  groupIds: readonly string[] | null = null,
): Promise<Map<string, KnownGroup>> {
  const { rows } = await pool.query<KnownRow>(statement('known-groups'), [sourceNo, groupIds])
  return new Map(
    rows.map((row) => [
      row.group_id,
      {
        groupNo: row.group_no,
        groupId: row.group_id,
        type: row.type,
        memberCount: row.member_count,
        wanted: row.wanted,
        version: row.version,
        roll: { ...fromBigint(row.print), live: row.live_print, rows: row.rows },
        unseen: row.unseen,
        groupPrint: fromBigint(row.group_print),
        readEndedAt: millis(row.read_ended_at),
        firstCompleteAt: millis(row.first_complete_at),
        completeBeganAt: millis(row.complete_began_at),
        dissolvedAt: millis(row.dissolved_at),
      },
    ]),
  )
}

/** The fingerprints of some rolls, by group number and account. */
export async function storedPrints(
  pool: Pool,
  groupNos: readonly number[],
): Promise<Map<number, Map<string, MemberPrint>>> {
  const { rows } = await pool.query<MemberPrint & { group_no: number; account_id: string }>(statement('prints'), [
    groupNos,
  ])
  const rolls = new Map<number, Map<string, MemberPrint>>(groupNos.map((groupNo) => [groupNo, new Map()]))
  for (const { group_no, account_id, hi, lo, live } of rows) rolls.get(group_no)?.set(account_id, { hi, lo, live })
  return rolls
}

interface StoredRow {
  group_no: number
  account_id: string
  role: Role
  name_card: string | null
  muted_until: string | null
  joined_at: Date | null
  last_spoke_at: Date | null
  attributes: JsonObject | null
  live: JsonObject | null
  start_at: Date
  first_seen_at: Date
  unseen_from: Date | null
}

/** Full rows of some members; `accountId` null for a whole roll. By group number and account. */
export async function storedMembers(
  pool: Pool,
  wanted: readonly { readonly groupNo: number; readonly accountId: string | null }[],
): Promise<Map<number, Map<string, StoredMember>>> {
  const found = new Map<number, Map<string, StoredMember>>()
  for (const { groupNo } of wanted) found.set(groupNo, new Map())
  if (wanted.length === 0) return found
  const { rows } = await pool.query<StoredRow>(statement('members-stored'), [
    wanted.map((want) => want.groupNo),
    wanted.map((want) => want.accountId),
  ])
  for (const row of rows) found.get(row.group_no)?.set(row.account_id, fromRow(row))
  return found
}

function fromRow(row: StoredRow): StoredMember {
  const member: Member = {
    accountId: row.account_id,
    role: row.role,
    nameCard: row.name_card,
    mutedUntil: millis(row.muted_until),
    joinedAt: millis(row.joined_at),
    lastSpokeAt: millis(row.last_spoke_at),
    attributes: row.attributes,
    live: row.live,
  }
  return {
    member,
    startAt: row.start_at.getTime(),
    firstSeenAt: row.first_seen_at.getTime(),
    unseenFrom: millis(row.unseen_from),
  }
}

/** Says of every known group of a source whether groups of its type are still wanted; `types` null: all are. */
export async function setWanted(pool: Pool, sourceNo: number, types: readonly string[] | null): Promise<void> {
  await pool.query(statement('groups-wanted'), [sourceNo, types])
}

/** The ids of the groups in which any of the accounts is a member now. */
export async function groupsOfAccounts(pool: Pool, sourceNo: number, accounts: readonly string[]): Promise<string[]> {
  const { rows } = await pool.query<{ group_id: string }>(statement('groups-of-accounts'), [sourceNo, accounts])
  return rows.map((row) => row.group_id)
}
