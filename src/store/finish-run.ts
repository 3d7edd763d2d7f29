import type { Pool } from 'pg'
import { boundByHints } from './hints.ts'
import { forgetBad } from './quarantine.ts'
import type { RunCounts, Verdict } from './runs.ts'
import { statement, timestamp } from './statement.ts'
import { inTransaction } from './transaction.ts'
import { lockRun } from './work.ts'

/** What a shared run has come to, before it is judged. */
export interface RunSum extends RunCounts {
  readonly problems: number
  /** Groups of the run that no part has read. */
  readonly unread: number
  readonly notes: readonly string[]
  readonly stopped: string | null
}

interface SumRow {
  readonly seen: number
  readonly unread: number
  readonly complete: number
  readonly partial: number
  readonly gone: number
  readonly failed: number
  readonly unchanged: number
  readonly unwalked: number
  readonly read: number
  readonly joined: number
  readonly left: number
  readonly changed: number
  readonly held: number
  readonly problems: readonly string[]
  readonly calls: Record<string, number>
  readonly rate_limited: number
}

/**
 * Closes a run whose work has ended, once: verdict, counts, its asks answered, its scratch state gone. Null where it is
 * closed already or work is still open.
 */
export async function closeRun(
  pool: Pool,
  runNo: number,
  finishedAt: number,
  judge: (sum: RunSum) => Verdict,
): Promise<{ readonly sourceNo: number; readonly verdict: Verdict; readonly sum: RunSum } | null> {
  return inTransaction(pool, async (client) => {
    const state = await lockRun(client, runNo)
    if (state === null || (state.open > 0 && state.stopped === null)) return null
    const counted = await client.query<SumRow>(statement('work-counts'), [runNo])
    const noted = await client.query<{ source_no: number; problems: number; notes: string[] }>(
      'SELECT source_no, problems, notes FROM rollcall.run_work WHERE run_no = $1',
      [runNo],
    )
    const [row] = counted.rows
    const [work] = noted.rows
    if (row === undefined || work === undefined) return null
    const sum: RunSum = {
      groups: {
        seen: row.seen,
        complete: row.complete,
        partial: row.partial,
        gone: row.gone,
        failed: row.failed,
        unchanged: row.unchanged,
        unwalked: row.unwalked,
      },
      members: { read: row.read, joined: row.joined, left: row.left, changed: row.changed, held: row.held },
      calls: row.calls,
      rateLimited: row.rate_limited,
      problems: work.problems,
      unread: row.unread,
      notes: [...work.notes, ...row.problems],
      stopped: state.stopped,
    }
    const verdict = judge(sum)
    await forgetBad(client, runNo)
    await boundByHints(client, runNo)
    await client.query(statement('work-close'), [
      runNo,
      timestamp(finishedAt),
      verdict,
      sum.stopped ?? sum.notes[0] ?? null,
      JSON.stringify(row),
      JSON.stringify(row.calls),
    ])
    return { sourceNo: work.source_no, verdict, sum }
  })
}
