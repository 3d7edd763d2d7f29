import type { Pool } from 'pg'
import type { Bucket } from '../core/buckets.ts'
import { fromBigint, type MemberPrint, type RollPrint } from '../core/fingerprint.ts'
import type { JsonObject, Member, Role } from '../core/member.ts'
import type { KnownRoll, StoredMember } from '../core/roll-write.ts'
import { fetched } from './cursor.ts'
import { millis, statement } from './statement.ts'

/** A pool, or a connection with a transaction open. */
export type Db = Pick<Pool, 'query'>

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
  walked_print: bigint | null
  hinted: boolean
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
  complete_ended_at: Date | null
  held: boolean
}

/** Every group of a source (or just the named ones), by id. Read some at a time: the rows weigh several times what is kept. */
export async function knownGroups(
  pool: Pool,
  sourceNo: number,
  groupIds: readonly string[] | null = null,
): Promise<Map<string, KnownGroup>> {
  const known = new Map<string, KnownGroup>()
  const pages = fetched<KnownRow>(pool, statement('known-groups'), [sourceNo, groupIds], GROUPS_AT_ONCE)
  for await (const rows of pages) for (const row of rows) known.set(row.group_id, knownGroup(row))
  return known
}
const GROUPS_AT_ONCE = 2000

const knownGroup = (row: KnownRow): KnownGroup => ({
  groupNo: row.group_no,
  groupId: row.group_id,
  type: row.type,
  memberCount: row.member_count,
  wanted: row.wanted,
  version: row.version,
  roll: rollPrint(row),
  unseen: row.unseen,
  groupPrint: fromBigint(row.group_print),
  walkedPrint: row.walked_print === null ? null : fromBigint(row.walked_print),
  hinted: row.hinted,
  readEndedAt: millis(row.read_ended_at),
  firstCompleteAt: millis(row.first_complete_at),
  completeBeganAt: millis(row.complete_began_at),
  completeEndedAt: millis(row.complete_ended_at),
  dissolvedAt: millis(row.dissolved_at),
  held: row.held,
})

/** Written out: V8 gives every object made by a spread with more fields behind it a class of its own, of 240 bytes. */
function rollPrint({ print, live_print, rows }: KnownRow): RollPrint {
  const { hi, lo } = fromBigint(print)
  return { hi, lo, live: live_print, rows }
}

/** The fingerprints of some rolls, by group number and account. */
export async function storedPrints(
  pool: Pool,
  groupNos: readonly number[],
): Promise<Map<number, Map<string, MemberPrint>>> {
  if (groupNos.length === 0) return new Map()
  const { rows } = await pool.query<MemberPrint & { group_no: number; account_id: string }>(statement('prints'), [
    groupNos,
  ])
  const rolls = new Map<number, Map<string, MemberPrint>>(groupNos.map((groupNo) => [groupNo, new Map()]))
  for (const { group_no, account_id, hi, lo, live } of rows) rolls.get(group_no)?.set(account_id, { hi, lo, live })
  return rolls
}

/** What is stored of one roll by bucket, and the fingerprints of the rows in some buckets. See core/buckets.ts. */
export async function storedBuckets(pool: Pool, groupNo: number, mask: number): Promise<StoredBucket[]> {
  return (await pool.query<StoredBucket>(statement('print-buckets'), [groupNo, mask])).rows
}
type StoredBucket = Bucket & { readonly at: number }

export async function printsInBuckets(
  pool: Pool,
  groupNo: number,
  mask: number,
  buckets: ReadonlySet<number>,
): Promise<Map<string, MemberPrint>> {
  const { rows } = await pool.query<PrintRow>(statement('prints-in-buckets'), [groupNo, mask, [...buckets]])
  return new Map(rows.map(({ account_id, hi, lo, live }) => [account_id, { hi, lo, live }]))
}

type PrintRow = MemberPrint & { readonly group_no: number; readonly account_id: string }

/** The fingerprints of some members, by group number and account. */
export async function pairPrints(
  db: Db,
  wanted: readonly { readonly groupNo: number; readonly accountId: string }[],
): Promise<Map<number, Map<string, MemberPrint>>> {
  const found = new Map<number, Map<string, MemberPrint>>()
  if (wanted.length === 0) return found
  const { rows } = await db.query<PrintRow>(statement('prints-of'), [
    wanted.map((want) => want.groupNo),
    wanted.map((want) => want.accountId),
  ])
  for (const { group_no, account_id, hi, lo, live } of rows) {
    const prints = found.get(group_no) ?? new Map<string, MemberPrint>()
    found.set(group_no, prints.set(account_id, { hi, lo, live }))
  }
  return found
}

const PRINTS_AT_ONCE = 10_000

/** Some buckets of a roll; see core/buckets.ts. */
export interface SomeBuckets {
  readonly mask: number
  readonly buckets: ReadonlySet<number>
}

/** As `storedBuckets`, some at a time: there may be too many to be held. */
export const fetchedBuckets = (pool: Pool, groupNo: number, mask: number) =>
  fetched<StoredBucket>(pool, statement('print-buckets'), [groupNo, mask], PRINTS_AT_ONCE)

/** The fingerprints of one roll (or of some of its buckets) by account, some at a time: it may be too large to be held. */
export const fetchedPrints = (pool: Pool, groupNo: number, only: SomeBuckets | null) =>
  fetched<PrintRow>(
    pool,
    statement('prints-in-buckets'),
    [groupNo, only?.mask ?? 0, only === null ? null : [...only.buckets]],
    PRINTS_AT_ONCE,
  )

export interface StoredRow {
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
  pool: Db,
  wanted: readonly { readonly groupNo: number; readonly accountId: string | null }[],
): Promise<Map<number, Map<string, StoredMember>>> {
  const found = new Map<number, Map<string, StoredMember>>()
  for (const { groupNo } of wanted) found.set(groupNo, new Map())
  const pairs = wanted.filter(({ accountId }) => accountId !== null)
  const rolls = wanted.filter(({ accountId }) => accountId === null)
  const keep = ({ rows }: { rows: StoredRow[] }) => {
    for (const row of rows) found.get(row.group_no)?.set(row.account_id, fromRow(row))
  }
  if (pairs.length > 0) {
    const pair = [pairs.map(({ groupNo }) => groupNo), pairs.map(({ accountId }) => accountId)]
    keep(await pool.query<StoredRow>(statement('members-stored'), pair))
  }
  if (rolls.length > 0) {
    keep(await pool.query<StoredRow>(statement('rolls-stored'), [rolls.map(({ groupNo }) => groupNo)]))
  }
  return found
}

export function fromRow(row: StoredRow): StoredMember {
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

/** When the last closed stay of some members ended, by group number and account; those without one are left out. */
export async function lastEnds(
  pool: Db,
  wanted: readonly { readonly groupNo: number; readonly accountId: string }[],
): Promise<Map<number, Map<string, number>>> {
  const found = new Map<number, Map<string, number>>()
  if (wanted.length === 0) return found
  const { rows } = await pool.query<{ group_no: number; account_id: string; end_at: Date }>(statement('last-ends'), [
    wanted.map((want) => want.groupNo),
    wanted.map((want) => want.accountId),
  ])
  for (const row of rows) {
    const ends = found.get(row.group_no) ?? new Map<string, number>()
    found.set(row.group_no, ends.set(row.account_id, row.end_at.getTime()))
  }
  return found
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
