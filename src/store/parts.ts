import type { Pool, PoolClient } from 'pg'
import type { GroupHint } from '../core/group.ts'
import { readMember, type WrittenMember } from '../core/member-json.ts'
import type { Member } from '../core/member.ts'
import { countsOf, isUnchanged, type RollWrite } from '../core/roll-write.ts'
import { statement } from './statement.ts'
import { inTransaction } from './transaction.ts'
import { deal, lockRun, type PartKind, type PartRef } from './work.ts'

/** One attempt at a part. Of two attempts at the same part only the newer can write. */
export interface Part {
  readonly runNo: number
  readonly partNo: number
  readonly kind: PartKind
  readonly token: number
  readonly sourceNo: number
  readonly source: string
  readonly whole: boolean
  readonly urgent: boolean
  readonly stopped: string | null
  /** Spent by earlier attempts. */
  readonly spent: Spent
}

export interface Spent {
  readonly calls: Readonly<Record<string, number>>
  readonly rateLimited: number
}

/** Another worker has begun this part anew, or its run has ended: whoever meets this stops, and has written nothing. */
export class FencedError extends Error {
  override readonly name = 'FencedError'
  constructor(part: Part) {
    super(`part ${part.partNo} of run ${part.runNo} belongs to a newer attempt than ${part.token}`)
  }
}

/** Begins an attempt; null where the part has ended. */
export async function claimPart(pool: Pool, runNo: number, partNo: number): Promise<Part | null> {
  const { rows } = await pool.query<{
    kind: PartKind
    token: number
    calls: Record<string, number>
    rate_limited: number
    source_no: number
    source: string
    whole: boolean
    urgent: boolean
    stopped: string | null
  }>(statement('part-claim'), [runNo, partNo])
  const [row] = rows
  if (row === undefined) return null
  const { kind, token, source, whole, urgent, stopped } = row
  const spent = { calls: row.calls, rateLimited: row.rate_limited }
  return { runNo, partNo, kind, token, source, whole, urgent, stopped, sourceNo: row.source_no, spent }
}

export interface PartGroup {
  readonly hint: GroupHint
  readonly selves: readonly Member[]
}

/** The groups of a part that no attempt has read yet. */
export async function partGroups(pool: Pool, part: Part): Promise<readonly PartGroup[]> {
  const { rows } = await pool.query<{
    group_id: string
    type: string | null
    member_count: number | null
    known: boolean
    self: readonly WrittenMember[] | null
  }>(statement('part-groups'), [part.runNo, part.partNo])
  return rows.map((row) => ({
    hint: {
      groupId: row.group_id,
      known: row.known,
      ...(row.type === null ? {} : { type: row.type }),
      ...(row.member_count === null ? {} : { memberCount: row.member_count }),
    },
    selves: (row.self ?? []).map(readMember),
  }))
}

/** The accounts of a part whose lists no attempt has read yet. */
export async function partAccounts(pool: Pool, part: Part): Promise<readonly string[]> {
  const { rows } = await pool.query<{ account_id: string }>(statement('part-accounts'), [part.runNo, part.partNo])
  return rows.map((row) => row.account_id)
}

/** To be called in every transaction of an attempt: throws where it is not the newest any more. */
export async function fence(client: PoolClient, part: Part, spent: Spent): Promise<void> {
  const { rows } = await client.query(statement('part-fence'), [
    part.runNo,
    part.partNo,
    part.token,
    JSON.stringify(spent.calls),
    spent.rateLimited,
  ])
  if (rows.length === 0) throw new FencedError(part)
}

/** Notes what came of groups, in the transaction that writes them. `left out`: read, and of no type that is wanted. */
export async function noteGroups(
  client: PoolClient,
  runNo: number,
  writes: readonly RollWrite[],
  leftOut: readonly string[] = [],
): Promise<void> {
  const results = [
    ...writes.map((write) => ({
      group_id: write.receipt.groupId,
      outcome: write.receipt.outcome,
      rows_read: write.receipt.rowsRead,
      ...countsOf(write),
      unchanged: write.receipt.outcome === 'complete' && isUnchanged(write),
      problem: problemOf(write),
    })),
    ...leftOut.map((groupId) => ({ ...NOTHING, group_id: groupId })),
  ]
  if (results.length > 0) await client.query(statement('part-wrote'), [runNo, JSON.stringify(results)])
}

const NOTHING = {
  outcome: null,
  rows_read: 0,
  joined: 0,
  left: 0,
  changed: 0,
  held: 0,
  unchanged: false,
  problem: null,
}

function problemOf({ receipt: { groupId, outcome, reason } }: RollWrite): string | null {
  if (outcome === 'complete' && reason !== null) return `group ${groupId}: ${reason}`
  const fine = outcome === 'complete' || outcome === 'gone' || outcome === 'unlistable'
  return fine ? null : `group ${groupId}: ${outcome}: ${reason ?? 'no reason given'}`
}

/** The lists of these accounts are read. */
export async function noteAccounts(client: PoolClient, runNo: number, accounts: readonly string[]): Promise<void> {
  if (accounts.length === 0) return
  await client.query('UPDATE rollcall.run_account SET done = true WHERE run_no = $1 AND account_id = ANY ($2)', [
    runNo,
    accounts,
  ])
}

export async function noteProblems(
  client: PoolClient,
  runNo: number,
  problems: number,
  notes: readonly string[],
): Promise<void> {
  if (problems + notes.length > 0) await client.query(statement('work-note'), [runNo, problems, notes])
}

/** Gives a large group a part of its own. */
export async function handOver(pool: Pool, part: Part, groupId: string, spent: Spent): Promise<readonly PartRef[]> {
  return inTransaction(pool, async (client) => {
    const run = await lockRun(client, part.runNo)
    await fence(client, part, spent)
    const { rows } = await client.query<{ part_no: number; kind: PartKind }>(statement('work-hand-over'), [
      part.runNo,
      groupId,
      (run?.parts ?? 0) + 1,
    ])
    return rows.map((row) => ({ runNo: part.runNo, partNo: row.part_no, kind: row.kind }))
  })
}

/** What follows the end of a part: more parts, or, when it was the last, the end of the run. */
export interface Next {
  readonly parts: readonly PartRef[]
  readonly finished: boolean
}

/** Ends a part. Whoever ends the last one deals out what was found meanwhile. */
export async function endPart(pool: Pool, part: Part, spent: Spent): Promise<Next> {
  return inTransaction(pool, async (client) => {
    const before = await lockRun(client, part.runNo)
    await fence(client, part, spent)
    await client.query('UPDATE rollcall.run_part SET done = true WHERE run_no = $1 AND part_no = $2', [
      part.runNo,
      part.partNo,
    ])
    const stopped = before === null || before.stopped !== null
    if (stopped || before.open > 1) return { parts: [], finished: stopped }
    const parts = await deal(client, part.runNo, before.parts, false)
    return { parts, finished: parts.length === 0 }
  })
}

/** Groups of a type that is not wanted: they belong to the run no more. */
export async function leaveOut(pool: Pool, part: Part, groupIds: readonly string[], spent: Spent): Promise<void> {
  await inTransaction(pool, async (client) => {
    await fence(client, part, spent)
    await noteGroups(client, part.runNo, [], groupIds)
  })
}

/** Groups that could not be read, with a sentence that says why. */
export async function endUnread(
  pool: Pool,
  part: Part,
  groupIds: readonly string[],
  note: string,
  spent: Spent,
): Promise<void> {
  await inTransaction(pool, async (client) => {
    await lockRun(client, part.runNo)
    await fence(client, part, spent)
    await noteGroups(client, part.runNo, [], groupIds)
    await noteProblems(client, part.runNo, 1, [note])
  })
}
