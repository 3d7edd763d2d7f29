import type { Pool } from 'pg'
import type { Millis } from '../core/member.ts'
import { statement, timestamp } from './statement.ts'
import { inTransaction } from './transaction.ts'

/**
 * What goes, in this order: an imported stay that a read goes on with goes while that stay tells when it was over, and a receipt
 * when what it proves has gone.
 */
export const RETENTION_PARTS = ['imported', 'stays', 'events', 'receipts', 'packs', 'asks'] as const
export type RetentionPart = (typeof RETENTION_PARTS)[number]

/** Rows that have gone: closed stays, changes of their fields, changes of groups, receipts (a pack is one). */
export interface Gone {
  readonly stays: number
  readonly edits: number
  readonly events: number
  readonly reads: number
}

/** Where a part has come to: its group, run or ask, and in a group the end and the start of a stay. */
export interface Place {
  readonly no: number
  readonly end: string
  readonly start: string
}
export const FIRST_PLACE: Place = { no: 0, end: '-infinity', start: '-infinity' }

/** Begins a pass: marks how far back the history is kept before anything goes. Null: there is no such source. */
export async function beginRetention(
  pool: Pool,
  source: string,
  historyFrom: Millis | null,
  readsFrom: Millis | null,
): Promise<number | null> {
  const values = [source, timestamp(historyFrom), timestamp(readsFrom)]
  const { rows } = await pool.query<{ source_no: number }>(statement('retain-begin'), values)
  return rows[0]?.source_no ?? null
}

export async function endRetention(pool: Pool, sourceNo: number): Promise<void> {
  await pool.query(statement('retain-end'), [sourceNo])
}

/** Where the kept history of a source (null: of each) begins; those of which all is kept are left out. */
export async function keptFrom(
  pool: Pool,
  source: string | null,
): Promise<readonly { readonly source: string; readonly from: Millis }[]> {
  const { rows } = await pool.query<{ name: string; history_from: Date }>(statement('retain-kept'), [source])
  return rows.map(({ name, history_from: from }) => ({ source: name, from: from.getTime() }))
}

/** Those of some sources whose retention is to go on. */
export async function retentionDue(pool: Pool, sources: readonly string[]): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(statement('retain-due'), [sources])
  return rows.map(({ name }) => name)
}

/** A step looks at so many groups, or runs, at the most. */
const GROUPS_A_STEP = 200
const RUNS_A_STEP = 50
/** A lock that is not there by then is asked for again later: nobody waits behind a step that waits. */
const LOCK_MS = 50

export interface RetentionStep {
  readonly part: RetentionPart
  readonly sourceNo: number
  /** What is older goes. */
  readonly before: Millis
  /** Rows at the most. */
  readonly most: number
  readonly from: Place
  /** The newest run that the facts hold; stays that a later one ended are not counted yet, and wait. */
  readonly factsHold: number
}

/** One step, in a transaction of its own: what has gone, and where the next step begins (null: this part is done). */
export async function retentionStep(pool: Pool, step: RetentionStep): Promise<{ gone: Gone; next: Place | null }> {
  return inTransaction(pool, async (client) => {
    // A step that a crash of the server undoes is done again: nobody need wait for the disk.
    await client.query(`SET LOCAL lock_timeout = ${LOCK_MS}; SET LOCAL synchronous_commit = off`)
    const { rows } = await client.query<Gone & { next_no: number | null; next_end: string; next_start: string }>(
      statement(`retain-${step.part}`),
      valuesOf(step),
    )
    const [row] = rows
    if (row === undefined) throw new Error(`retain-${step.part} gave no row`)
    const { stays, edits, events, reads, next_no: no, next_end: end, next_start: start } = row
    const gone = { stays, edits, events, reads }
    if (stays + edits + events + reads > 0)
      await client.query(statement('retain-add'), [step.sourceNo, stays, edits, events, reads])
    return { gone, next: no === null ? null : { no, end: end ?? FIRST_PLACE.end, start: start ?? FIRST_PLACE.start } }
  })
}

function valuesOf({ part, sourceNo, before, most, from, factsHold }: RetentionStep): unknown[] {
  const values = [sourceNo, timestamp(before), most, from.no]
  switch (part) {
    case 'stays':
      return [...values, from.end, from.start, GROUPS_A_STEP, factsHold]
    case 'events':
      return [...values, GROUPS_A_STEP]
    case 'receipts':
    case 'packs':
      return [...values, RUNS_A_STEP]
    case 'asks':
    case 'imported':
      return values
  }
}

/** Whether a step failed because a lock was not free in time. */
export const isLockTimeout = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '55P03'

/** What a pass would take out now. */
export async function countRetention(
  pool: Pool,
  source: string,
  historyFrom: Millis | null,
  readsFrom: Millis | null,
): Promise<Gone> {
  const values = [source, timestamp(historyFrom), timestamp(readsFrom)]
  const { rows } = await pool.query<Record<keyof Gone, bigint>>(statement('retain-count'), values)
  const [row] = rows
  return {
    stays: Number(row?.stays ?? 0),
    edits: Number(row?.edits ?? 0),
    events: Number(row?.events ?? 0),
    reads: Number(row?.reads ?? 0),
  }
}
