import type { Pool, PoolClient } from 'pg'
import { toBigint } from '../core/fingerprint.ts'
import { isUnchanged, type RollWrite } from '../core/plan.ts'
import { copyMembers } from './copy-members.ts'
import { enterGroups, updateGroups } from './write-groups.ts'
import { columns, statement, timestamp } from './statement.ts'
import { inTransaction } from './transaction.ts'
import { writeReceipts } from './write-receipts.ts'

/** A write whose group has its number. */
export interface Numbered extends RollWrite {
  readonly groupNo: number
}

/**
 * Carries out what reads of many groups decided: state, history and receipts in one transaction, set-wise.
 *
 * A write is refused where another read of the group was written since it was planned, or where this read began before
 * the newest written one ended: old news never overwrites newer. Returns the ids refused, for the caller to plan anew
 * or to read again.
 */
export async function writeReads(
  pool: Pool,
  run: { readonly runNo: number; readonly sourceNo: number },
  writes: readonly RollWrite[],
  within?: WithinWrite,
): Promise<ReadonlySet<string>> {
  return inTransaction(pool, async (client) => {
    const refused = await writeAll(client, run, writes)
    await within?.(
      client,
      writes.filter((write) => !refused.has(write.receipt.groupId)),
    )
    return refused
  })
}

/** What else belongs to the same transaction; throws to undo it all. */
export type WithinWrite = (client: PoolClient, written: readonly RollWrite[]) => Promise<void>

async function writeAll(
  client: PoolClient,
  run: { readonly runNo: number; readonly sourceNo: number },
  writes: readonly RollWrite[],
): Promise<ReadonlySet<string>> {
  const standing = writes.filter((write) => write.known !== null && touchesRoll(write))
  const entering = writes.filter((write) => write.known === null && write.group !== null && touchesRoll(write))
  const numbers = new Map(standing.map((write) => [write.receipt.groupId, write.known?.groupNo ?? 0]))
  const current = await lockRolls(client, [...numbers.values()])
  const refused = new Set<string>()
  for (const write of standing) {
    const now = current.get(write.known?.groupNo ?? 0)
    const stale = now === undefined || now.version !== write.known?.version || now.endedAt > write.receipt.beganAt
    if (stale) refused.add(write.receipt.groupId)
  }
  const entered = await enterGroups(client, run.sourceNo, entering)
  for (const write of entering) {
    const groupNo = entered.get(write.receipt.groupId)
    if (groupNo === undefined) refused.add(write.receipt.groupId)
    else numbers.set(write.receipt.groupId, groupNo)
  }
  const accepted: Numbered[] = [...standing, ...entering]
    .filter((write) => !refused.has(write.receipt.groupId))
    .map((write) => ({ ...write, groupNo: numbers.get(write.receipt.groupId) ?? 0 }))
    .sort((a, b) => a.groupNo - b.groupNo)

  await updateGroups(client, run.runNo, accepted)
  await touchRolls(client, accepted.filter(isUnchanged))
  await writeRolls(
    client,
    run.runNo,
    accepted.filter((write) => !isUnchanged(write)),
  )
  await writeReceipts(
    client,
    run.runNo,
    writes.filter((write) => !refused.has(write.receipt.groupId)),
  )
  return refused
}

/** Reads that say nothing of the roll (forbidden, failed) leave only a receipt. */
function touchesRoll({ receipt }: RollWrite): boolean {
  return receipt.outcome !== 'forbidden' && receipt.outcome !== 'failed'
}

async function lockRolls(
  client: PoolClient,
  groupNos: readonly number[],
): Promise<Map<number, { version: number; endedAt: number }>> {
  if (groupNos.length === 0) return new Map()
  const { rows } = await client.query<{ group_no: number; version: number; read_ended_at: Date | null }>(
    statement('rolls-lock'),
    [groupNos],
  )
  return new Map(
    rows.map((row) => [
      row.group_no,
      { version: row.version, endedAt: row.read_ended_at?.getTime() ?? Number.NEGATIVE_INFINITY },
    ]),
  )
}

const endsStays = ({ receipt }: RollWrite): boolean => receipt.outcome === 'complete' || receipt.outcome === 'gone'

async function touchRolls(client: PoolClient, writes: readonly Numbered[]): Promise<void> {
  if (writes.length === 0) return
  await client.query(
    statement('rolls-touch'),
    columns(
      writes,
      (write) => write.groupNo,
      (write) => write.known?.version ?? 0,
      (write) => timestamp(write.receipt.beganAt),
      (write) => timestamp(write.receipt.endedAt),
      endsStays,
    ),
  )
}

async function writeRolls(client: PoolClient, runNo: number, writes: readonly Numbered[]): Promise<void> {
  if (writes.length === 0) return
  const each = <T>(pick: (write: Numbered) => readonly T[]) =>
    writes.flatMap((write) => pick(write).map((row) => ({ write, row })))

  const ends = each((write) => write.ends)
  if (ends.length > 0) {
    await client.query(statement('stays-close'), [
      runNo,
      ...columns(
        ends,
        ({ write }) => write.groupNo,
        ({ row }) => row.accountId,
        ({ row }) => timestamp(row.endAt),
        ({ write }) => timestamp(write.known?.completeBeganAt),
      ),
    ])
  }
  const edits = each((write) => write.edits)
  if (edits.length > 0) {
    await client.query(statement('edits-insert'), [
      runNo,
      ...columns(
        edits,
        ({ write }) => write.groupNo,
        ({ row }) => row.accountId,
        ({ row }) => row.kind,
        ({ write }) => timestamp(write.receipt.endedAt),
        ({ write }) => timestamp(write.known?.completeBeganAt),
        ({ row }) => JSON.stringify(row.old),
        ({ row }) => JSON.stringify(row.new),
      ),
    ])
  }
  await updateMembers(
    client,
    each((write) => write.updates),
  )
  const joins = each((write) => [...write.joins].sort((a, b) => (a.member.accountId < b.member.accountId ? -1 : 1)))
  await copyMembers(
    client,
    joins.map(({ write, row }) => ({ ...row, groupNo: write.groupNo, runNo, seenAt: write.receipt.endedAt })),
  )
  await markUnseen(
    client,
    writes,
    each((write) => write.unseen),
  )
  await client.query(
    statement('rolls-update'),
    columns(
      writes,
      (write) => write.groupNo,
      (write) => write.roll.rows,
      (write) => toBigint(write.roll),
      (write) => write.roll.live,
      (write) => write.unseenRows,
      (write) => timestamp(write.receipt.beganAt),
      (write) => timestamp(write.receipt.endedAt),
      endsStays,
    ),
  )
}

async function updateMembers(
  client: PoolClient,
  updates: readonly { write: Numbered; row: RollWrite['updates'][number] }[],
): Promise<void> {
  if (updates.length === 0) return
  const json = (value: unknown) => (value === null ? null : JSON.stringify(value))
  await client.query(
    statement('members-update'),
    columns(
      updates,
      ({ write }) => write.groupNo,
      ({ row }) => row.member.accountId,
      ({ row }) => row.member.role,
      ({ row }) => row.member.nameCard,
      ({ row }) => timestamp(row.member.mutedUntil),
      ({ row }) => timestamp(row.member.joinedAt),
      ({ row }) => timestamp(row.member.lastSpokeAt),
      ({ row }) => json(row.member.attributes),
      ({ row }) => json(row.member.live),
      ({ row }) => toBigint(row.print),
      ({ row }) => row.print.live,
      ({ row }) => row.edited,
    ),
  )
}

async function markUnseen(
  client: PoolClient,
  writes: readonly Numbered[],
  unseen: readonly { write: Numbered; row: string }[],
): Promise<void> {
  const accounts = columns(
    unseen,
    ({ write }) => write.groupNo,
    ({ row }) => row,
    ({ write }) => timestamp(write.known?.completeBeganAt),
  )
  if (unseen.length > 0) await client.query(statement('unseen-mark'), accounts)
  const seenAgain = writes.filter((write) => write.receipt.outcome === 'complete' && (write.known?.unseen ?? 0) > 0)
  if (seenAgain.length > 0) {
    await client.query(statement('unseen-clear'), [seenAgain.map((write) => write.groupNo), accounts[0], accounts[1]])
  }
}
