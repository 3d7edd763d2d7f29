import pLimit from 'p-limit'
import type { Pool } from 'pg'
import { knownGroups } from '../src/store/known.ts'
import { createRuns } from '../src/store/runs.ts'
import { writeReads } from '../src/store/write.ts'
import type { Reading } from '../src/sync/reading.ts'
import { settle } from '../src/sync/settle.ts'
import { settleLarge } from '../src/sync/settle-large.ts'
import { batches, readingOf, type Roll } from './data.ts'
import { timed } from './stage.ts'

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
    /** Reads every roll once. The readings are there, fingerprinted, before the clock of `seconds` starts. */
    async sync(rolls: readonly Roll[]) {
      now += 60_000
      const sum = { joins: 0, ends: 0, updates: 0, refused: 0 }
      const runNo = await runs.open(sourceNo, 'manual', clock.now())
      const beganAt = clock.now()
      const stored = await knownGroups(pool, sourceNo)
      const read: Reading[][] = []
      for (const batch of batches(rolls))
        read.push(await Promise.all(batch.map((roll) => readingOf(roll, beganAt, !stored.has(roll.group.groupId)))))
      const seconds = await timed(async () => {
        const known = await knownGroups(pool, sourceNo)
        const limit = pLimit(16)
        await Promise.all(
          read.map((readings) =>
            limit(async () => {
              const deps = { pool, vendor, clock, signal }
              const small = readings.filter(({ large }) => large === undefined)
              const writes = await settle(deps, small, known)
              for (const one of readings) {
                if (one.large === undefined) continue
                writes.push(await settleLarge(deps, one, one.large, known.get(one.groupId) ?? null))
              }
              const refused = await writeReads(pool, { runNo, sourceNo }, writes)
              sum.refused += refused.size
              for (const { joins, ends, updates, rest } of writes) {
                sum.joins += joins.length + (rest?.counts.joined ?? 0)
                sum.ends += ends.length + (rest?.counts.left ?? 0)
                sum.updates += updates.length + (rest?.counts.changed ?? 0)
              }
            }),
          ),
        )
      })
      for (const { large } of read.flat()) await large?.[Symbol.asyncDispose]()
      return { ...sum, seconds }
    },
    [Symbol.asyncDispose]: () => runs[Symbol.asyncDispose](),
  }
}
