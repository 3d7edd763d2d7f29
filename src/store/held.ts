import type { Pool, PoolClient } from 'pg'
import type { HeldKind } from '../core/guard.ts'
import type { Millis } from '../core/member.ts'
import type { RollWrite } from '../core/roll-write.ts'
import { statement, timestamp } from './statement.ts'

/** What waits for a person's decision. */
export interface HeldCase {
  readonly id: number
  readonly source: string
  readonly groupId: string
  readonly groupName: string | null
  readonly kind: HeldKind
  /** Whose stays would end, in order. */
  readonly accounts: readonly string[]
  /** Members stored of the group, those held included. */
  readonly of: number
  readonly since: Millis
  readonly reason: string
  readonly rejectedAt: Millis | null
}

interface HeldRow {
  held_no: number
  source: string
  group_id: string
  group_name: string | null
  kind: HeldKind
  accounts: string[]
  members: number
  since: Date
  reason: string
  rejected_at: Date | null
}

/** The cases of one source or (null) of all, or a single one by its id; oldest first. */
export async function heldCases(
  pool: Pool,
  which: { readonly source?: string | null; readonly id?: number; readonly rejected?: boolean },
): Promise<HeldCase[]> {
  const { source = null, id = null, rejected = false } = which
  const { rows } = await pool.query<HeldRow>(statement('held-list'), [source, id, rejected])
  return rows.map((row) => ({
    id: row.held_no,
    source: row.source,
    groupId: row.group_id,
    groupName: row.group_name,
    kind: row.kind,
    accounts: row.accounts,
    of: row.members,
    since: row.since.getTime(),
    reason: row.reason,
    rejectedAt: row.rejected_at?.getTime() ?? null,
  }))
}

/** A person keeps these members. The case is shown no more until something else of its group is held. */
export async function rejectHeld(pool: Pool, id: number): Promise<boolean> {
  const { rowCount } = await pool.query(statement('held-reject'), [id])
  return (rowCount ?? 0) > 0
}

/** How many leaves of a source wait for a decision; a dissolved group without members counts as one. */
export async function heldCount(pool: Pool, source: string): Promise<number> {
  const { rows } = await pool.query<{ held: number }>(statement('held-count'), [source])
  return rows[0]?.held ?? 0
}

/**
 * What reads hold back, one case a group. The same accounts again are the same case, with its id and its rejection;
 * others make a new one, so that an id never stands for more than was shown under it. A proof that holds nothing back
 * ends the case.
 */
export async function writeHeld(
  client: PoolClient,
  run: { readonly runNo: number; readonly sourceNo: number },
  writes: readonly (RollWrite & { readonly groupNo: number })[],
): Promise<void> {
  const proof = ({ receipt }: RollWrite) => receipt.outcome === 'complete' || receipt.outcome === 'gone'
  const over = writes.filter((write) => write.held === null && write.known?.held === true && proof(write))
  if (over.length > 0) await client.query(statement('held-end'), [over.map(({ groupNo }) => groupNo)])
  for (const { held, groupNo, receipt } of writes) {
    // Few groups have something held back, and each may have very many accounts.
    if (held === null) continue
    const { rows } = await client.query<{ held_no: number }>(statement('held-write'), [
      run.sourceNo,
      groupNo,
      run.runNo,
      held.kind,
      held.of,
      held.reason,
      timestamp(receipt.endedAt),
      held.accounts,
    ])
    for (const { held_no } of rows) await client.query(statement('held-accounts'), [held_no, held.accounts])
  }
}
