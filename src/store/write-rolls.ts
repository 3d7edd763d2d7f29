import type { PoolClient } from 'pg'
import { detailsPrint, toBigint } from '../core/fingerprint.ts'
import type { RollWrite } from '../core/roll-write.ts'
import { copyMembers } from './copy-members.ts'
import { columns, statement, timestamp } from './statement.ts'

/** A write whose group has its number. */
export interface Numbered extends RollWrite {
  readonly groupNo: number
}

/** Whether a read may end stays: the two outcomes that prove who is in. */
export const endsStays = ({ receipt }: RollWrite): boolean =>
  receipt.outcome === 'complete' || receipt.outcome === 'gone'

/** What `roll_state.walked_print` becomes with a complete read. */
export const walkedPrint = ({ group, receipt }: RollWrite): string | null =>
  group === null || receipt.resumed === true ? null : toBigint(detailsPrint(group))

/** Carries out what reads decided about rolls that changed: ends, edits, rows brought up to date, joins. */
export async function writeRolls(client: PoolClient, runNo: number, writes: readonly Numbered[]): Promise<void> {
  if (writes.length === 0) return
  // The parts of large rolls come first: who was unseen until now is still marked then, and bounds what they say.
  const ended: Numbered[] = []
  for (const write of writes) ended.push(write.rest === undefined ? write : await writeRest(client, runNo, write))
  await writeRows(client, runNo, writes)
  await client.query(statement('rolls-update'), [
    ...columns(
      ended,
      (write) => write.groupNo,
      (write) => write.roll.rows,
      (write) => toBigint(write.roll),
      (write) => write.roll.live,
      (write) => write.unseenRows,
      (write) => timestamp(write.receipt.beganAt),
      (write) => timestamp(write.receipt.endedAt),
      endsStays,
      walkedPrint,
    ),
    runNo,
  ])
}

/** The parts of a large roll, one after the other. Returns what the roll has come to with the last of them. */
async function writeRest(client: PoolClient, runNo: number, write: Numbered): Promise<Numbered> {
  let { roll, unseenRows } = write
  for await (const part of write.rest?.parts(client) ?? []) {
    await writeRows(client, runNo, [{ ...part, groupNo: write.groupNo }])
    roll = part.roll
    if (write.receipt.outcome !== 'complete') unseenRows += part.joins.length
  }
  return { ...write, roll, unseenRows }
}

async function writeRows(client: PoolClient, runNo: number, writes: readonly Numbered[]): Promise<void> {
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
  const joining = writes.filter((write) => write.joins.length > 0)
  if (joining.length > 0) {
    await copyMembers(
      client,
      joining.map(({ groupNo, receipt, joins }) => ({ groupNo, runNo, seenAt: receipt.endedAt, joins })),
    )
  }
  await markUnseen(
    client,
    writes,
    each((write) => write.unseen),
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
