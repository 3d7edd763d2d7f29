import pLimit, { type LimitFunction } from 'p-limit'
import type { Pool, PoolClient } from 'pg'
import { groupPrint } from '../core/fingerprint.ts'
import type { Outcome } from '../core/group.ts'
import { isUnchanged, type RollWrite, samePrint } from '../core/roll-write.ts'
import { writeHeld } from './held.ts'
import { assertNamesFresh } from './pseudonyms.ts'
import { enterGroups, updateGroups } from './write-groups.ts'
import { columns, statement, timestamp } from './statement.ts'
import { inTransaction } from './transaction.ts'
import { writeReceipts } from './write-receipts.ts'
import { endsStays, type Numbered, walkedPrint, writeRolls } from './write-rolls.ts'

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
  return turnOf(pool)(() =>
    inTransaction(pool, async (client) => {
      const refused = await writeAll(client, run, writes)
      await within?.(
        client,
        writes.filter((write) => !refused.has(write.receipt.groupId)),
      )
      return refused
    }),
  )
}

/**
 * Few writers at a time: more of them write no faster, and would leave no connection for what has to be read meanwhile.
 * Whoever waits here holds its place in the crawl, so that a slow database slows the crawl and nothing piles up.
 */
function turnOf(pool: Pool): LimitFunction {
  const known = turns.get(pool)
  if (known !== undefined) return known
  const turn = pLimit(Math.max(1, Math.min(MOST_WRITERS, pool.options.max - 2)))
  turns.set(pool, turn)
  return turn
}
const turns = new WeakMap<Pool, LimitFunction>()
const MOST_WRITERS = 4

/** Refuses writes that may bring in names where an account was forgotten since `forgets` was read. */
export const underNames =
  (sourceNo: number, forgets: number): WithinWrite =>
  async (client, written) => {
    if (written.some(bringsNames)) await assertNamesFresh(client, sourceNo, forgets)
  }

/** Those of who joins or owns, or of records kept aside. */
const bringsNames = ({ joins, updates, known, group, receipt, rest }: RollWrite): boolean =>
  joins.length + updates.length + receipt.bad.length > 0 ||
  rest !== undefined ||
  (group !== null && (known === null || !samePrint(groupPrint(group), known.groupPrint)))

/** What else belongs to the same transaction; throws to undo it all. */
export type WithinWrite = (client: PoolClient, written: readonly RollWrite[]) => Promise<void>

async function writeAll(
  client: PoolClient,
  run: { readonly runNo: number; readonly sourceNo: number },
  writes: readonly RollWrite[],
): Promise<ReadonlySet<string>> {
  const standing = writes.filter((write) => write.known !== null && (write.group !== null || touchesRoll(write)))
  const entering = writes.filter((write) => write.known === null && write.group !== null)
  const numbers = new Map(standing.map((write) => [write.receipt.groupId, write.known?.groupNo ?? 0]))
  const refused = new Set<string>()
  // A batch in which nothing has changed takes its rows by the touch alone: a lock beforehand is a log record of its own.
  // A mixed one locks all its rows first, in order: those of two writers wait for each other and never in a circle.
  const calm = standing.filter((write) => touchesRoll(write) && isUnchanged(write))
  const unwalked = writes.filter(({ receipt }) => receipt.outcome === 'unwalked')
  const alike = calm.length === writes.length || unwalked.length === writes.length
  const locked = alike ? [] : [...standing, ...unwalked]
  const current = await lockRolls(
    client,
    locked.map((write) => write.known?.groupNo ?? 0),
  )
  for (const write of locked) {
    const now = current.get(write.known?.groupNo ?? 0)
    const stale = now === undefined || now.version !== write.known?.version || now.endedAt > write.receipt.beganAt
    if (stale) refused.add(write.receipt.groupId)
  }
  const touched = await touchRolls(
    client,
    run.runNo,
    calm.filter((write) => !refused.has(write.receipt.groupId)),
  )
  for (const write of calm) if (!touched.has(write.known?.groupNo ?? 0)) refused.add(write.receipt.groupId)
  const noted = await noteDetails(
    client,
    unwalked.filter((write) => !refused.has(write.receipt.groupId)),
  )
  for (const write of unwalked) if (!noted.has(write.known?.groupNo ?? 0)) refused.add(write.receipt.groupId)
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
  const rolls = accepted.filter(touchesRoll)
  await writeRolls(
    client,
    run.runNo,
    rolls.filter((write) => !isUnchanged(write)),
  )
  await writeHeld(client, run, rolls)
  await writeReceipts(
    client,
    run.runNo,
    writes.filter((write) => !refused.has(write.receipt.groupId)),
  )
  return refused
}

/** Reads that say nothing of the roll (forbidden, failed, unwalked) leave a receipt, and the details where they came. */
function touchesRoll({ receipt }: RollWrite): boolean {
  return !SAYS_NOTHING.has(receipt.outcome)
}
const SAYS_NOTHING: ReadonlySet<Outcome> = new Set(['forbidden', 'failed', 'unwalked'])

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

/** Notes reads of the details alone. Returns the numbers of the groups whose rolls are still as those reads took them. */
async function noteDetails(client: PoolClient, writes: readonly RollWrite[]): Promise<ReadonlySet<number>> {
  if (writes.length === 0) return new Set()
  const { rows } = await client.query<{ group_no: number }>(
    statement('rolls-details'),
    columns(
      writes,
      (write) => write.known?.groupNo ?? 0,
      (write) => write.known?.version ?? 0,
      (write) => timestamp(write.receipt.beganAt),
      (write) => timestamp(write.receipt.endedAt),
    ),
  )
  return new Set(rows.map((row) => row.group_no))
}

/** Notes reads that found everything as it was. Returns the numbers of the groups of which that is still true. */
async function touchRolls(
  client: PoolClient,
  runNo: number,
  writes: readonly RollWrite[],
): Promise<ReadonlySet<number>> {
  if (writes.length === 0) return new Set()
  const sorted = writes.toSorted((a, b) => (a.known?.groupNo ?? 0) - (b.known?.groupNo ?? 0))
  const { rows } = await client.query<{ group_no: number }>(statement('rolls-touch'), [
    runNo,
    ...columns(
      sorted,
      (write) => write.known?.groupNo ?? 0,
      (write) => write.known?.version ?? 0,
      (write) => timestamp(write.receipt.beganAt),
      (write) => timestamp(write.receipt.endedAt),
      endsStays,
      walkedPrint,
    ),
  ])
  return new Set(rows.map((row) => row.group_no))
}
