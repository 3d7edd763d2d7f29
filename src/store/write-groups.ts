import type { Pool, PoolClient } from 'pg'
import { groupPrint, toBigint } from '../core/fingerprint.ts'
import { type GroupEvent, groupEvents } from '../core/group-events.ts'
import type { Group, JoinMode } from '../core/group.ts'
import type { JsonObject, Millis } from '../core/member.ts'
import { type RollWrite, samePrint } from '../core/roll-write.ts'
import { millis, statement, timestamp } from './statement.ts'
import type { Numbered } from './write-rolls.ts'

/** Enters groups seen for the first time. Returns the numbers of those that nobody else has entered meanwhile. */
export async function enterGroups(
  client: PoolClient,
  sourceNo: number,
  writes: readonly RollWrite[],
): Promise<Map<string, number>> {
  const groups = writes.flatMap(({ group, receipt }) =>
    group === null ? [] : [{ ...described(group), seen_at: timestamp(receipt.endedAt) }],
  )
  if (groups.length === 0) return new Map()
  const { rows } = await client.query<{ group_no: number; group_id: string }>(statement('groups-insert'), [
    sourceNo,
    JSON.stringify(groups),
  ])
  return new Map(rows.map((row) => [row.group_id, row.group_no]))
}

/** What a write says has happened to its group. */
export interface Happening<W extends RollWrite> extends GroupEvent {
  readonly write: W
  readonly at: Millis
  readonly notBefore: Millis | null
}

/** What reads show to have happened to groups, against what the database holds of them now. */
export async function happenings<W extends RollWrite>(
  db: Pick<Pool, 'query'>,
  writes: readonly W[],
): Promise<Happening<W>[]> {
  const changed = writes.flatMap((write) => {
    const { group, known } = write
    if (group === null) return []
    const same = known !== null && known.dissolvedAt === null && samePrint(groupPrint(group), known.groupPrint)
    return same ? [] : [{ write, group, known }]
  })
  const before = await describedGroups(
    db,
    changed.flatMap(({ known }) => (known === null ? [] : [known.groupNo])),
  )
  return [
    ...changed.flatMap(({ write, group, known }) =>
      groupEvents(before.get(known?.groupNo ?? -1) ?? null, group, known?.dissolvedAt ?? null).map((event) => ({
        ...event,
        write,
        at: write.receipt.endedAt,
        notBefore: known === null ? group.createdAt : known.completeBeganAt,
      })),
    ),
    ...writes.filter(dissolves).map((write) => ({
      kind: 'dissolved' as const,
      old: null,
      new: null,
      write,
      at: write.receipt.endedAt,
      notBefore: write.known?.completeBeganAt ?? null,
    })),
  ]
}

const dissolves = ({ receipt, known }: RollWrite): boolean => receipt.outcome === 'gone' && known?.dissolvedAt === null

/** Brings descriptions up to date and writes what happened to the groups. */
export async function updateGroups(client: PoolClient, runNo: number, writes: readonly Numbered[]): Promise<void> {
  const gone = writes.filter(dissolves)
  const found = writes.flatMap((write) => (write.group === null ? [] : [{ ...write, group: write.group }]))
  const events = (await happenings(client, writes)).map(({ write, at, notBefore, ...event }) => ({
    ...event,
    group_no: write.groupNo,
    at: timestamp(at),
    not_before: timestamp(notBefore),
  }))
  if (events.length > 0) await client.query(statement('events-insert'), [runNo, JSON.stringify(events)])
  const known = found.filter((write) => write.known !== null)
  const differing = await describedOtherwise(client, known)
  if (differing.size > 0) {
    const rows = known
      .filter((write) => differing.has(write.groupNo))
      .map((write) => ({ group_no: write.groupNo, ...described(write.group) }))
    await client.query(statement('groups-update'), [JSON.stringify(rows)])
  }
  if (gone.length > 0) {
    await client.query(statement('groups-dissolve'), [
      gone.map((write) => write.groupNo),
      gone.map((write) => timestamp(write.receipt.endedAt)),
    ])
  }
}

/** The numbers of those groups whose description is not stored as it is now: of all others nothing more is sent. */
async function describedOtherwise(
  client: PoolClient,
  known: readonly { readonly groupNo: number; readonly group: Group }[],
): Promise<Set<number>> {
  if (known.length === 0) return new Set()
  const prints = known.map(({ group }) => groupPrint(group))
  const { rows } = await client.query<{ group_no: number }>(statement('groups-differing'), [
    known.map(({ groupNo }) => groupNo),
    prints.map(toBigint),
    prints.map(({ live }) => live),
  ])
  return new Set(rows.map((row) => row.group_no))
}

function described(group: Group) {
  const print = groupPrint(group)
  return {
    group_id: group.groupId,
    type: group.type,
    name: group.name,
    owner_id: group.ownerId,
    member_count: group.memberCount,
    max_members: group.maxMembers,
    mute_all: group.muteAll,
    join_mode: group.joinMode,
    created_at: timestamp(group.createdAt),
    attributes: group.attributes,
    live: group.live,
    print: toBigint(print),
    live_print: print.live,
  }
}

interface DescribedRow {
  group_no: number
  group_id: string
  type: string
  name: string | null
  owner_id: string | null
  member_count: number | null
  max_members: number | null
  mute_all: boolean | null
  join_mode: JoinMode | null
  created_at: Date | null
  attributes: JsonObject | null
  live: JsonObject | null
}

export async function describedGroups(
  db: Pick<Pool, 'query'>,
  groupNos: readonly number[],
): Promise<Map<number, Group>> {
  if (groupNos.length === 0) return new Map()
  const { rows } = await db.query<DescribedRow>(statement('groups-described'), [groupNos])
  return new Map(
    rows.map((row) => [
      row.group_no,
      {
        groupId: row.group_id,
        type: row.type,
        name: row.name,
        ownerId: row.owner_id,
        memberCount: row.member_count,
        maxMembers: row.max_members,
        muteAll: row.mute_all,
        joinMode: row.join_mode,
        createdAt: millis(row.created_at),
        attributes: row.attributes,
        live: row.live,
      },
    ]),
  )
}
