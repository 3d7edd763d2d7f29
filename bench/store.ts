import pLimit from 'p-limit'
import type { Pool } from 'pg'
import { knownGroups } from '../src/store/known.ts'
import { createRuns } from '../src/store/runs.ts'
import { writeReads } from '../src/store/write.ts'
import { settle } from '../src/sync/settle.ts'
import { batches, readingOf, type Roll } from './data.ts'

/** The product's own way from readings to rows: `settle`, then `writeReads`, batch by batch, as a sync does it. */
export async function openBook(pool: Pool) {
  const runs = createRuns(pool)
  const sourceNo = await runs.source('bench', 'tencent')
  let now = Date.now()
  const clock = { now: () => ++now }
  // A vendor that says of every absent member that it is out.
  const vendor = {
    async confirm(_group: unknown, accounts: readonly string[]) {
      return new Map(accounts.map((account) => [account, 'out' as const]))
    },
  } as unknown as Parameters<typeof settle>[0]['vendor']
  const signal = new AbortController().signal
  return {
    sourceNo,
    /** Reads every roll once; returns what was written. */
    async sync(rolls: readonly Roll[]): Promise<{ joins: number; ends: number; updates: number; refused: number }> {
      now += 60_000
      const sum = { joins: 0, ends: 0, updates: 0, refused: 0 }
      const runNo = await runs.open(sourceNo, 'manual', clock.now())
      const known = await knownGroups(pool, sourceNo)
      const limit = pLimit(16)
      await Promise.all(
        batches(rolls).map((batch) =>
          limit(async () => {
            const beganAt = clock.now()
            const readings = batch.map((roll) => readingOf(roll, beganAt))
            const writes = await settle({ pool, vendor, clock, signal }, readings, known)
            const refused = await writeReads(pool, { runNo, sourceNo }, writes)
            sum.refused += refused.size
            for (const write of writes) {
              sum.joins += write.joins.length
              sum.ends += write.ends.length
              sum.updates += write.updates.length
            }
          }),
        ),
      )
      return sum
    },
    [Symbol.asyncDispose]: () => runs[Symbol.asyncDispose](),
  }
}
