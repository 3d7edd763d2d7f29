import pLimit from 'p-limit'
import type { RollWrite } from '../../core/roll-write.ts'
import { knownGroups } from '../../store/known.ts'
import {
  endUnread,
  fence,
  handOver,
  leaveOut,
  noteGroups,
  type Part,
  partGroups,
  type Spent,
} from '../../store/parts.ts'
import { addGone } from '../../store/gone-waiting.ts'
import { inTransaction } from '../../store/transaction.ts'
import { addAccounts } from '../../store/work.ts'
import { writeReads } from '../../store/write.ts'
import { type BatchDeps, readBatch } from '../read-batch.ts'
import { accountsOf, type Reading } from '../reading.ts'
import type { SyncSource } from '../types.ts'
import { journalOf } from './journal.ts'
import { type Follow, HandBackError, LARGE_GROUP, type Life, PART_CONCURRENCY, type SharedDeps } from './types.ts'

/**
 * Reads the groups of a part that no earlier attempt has read. What a batch has read is written, and noted in the run,
 * in one transaction that a newer attempt shuts out: each group counts once, whoever works on it.
 */
export async function readPart(
  deps: SharedDeps,
  source: SyncSource,
  part: Part,
  life: Life,
  spent: () => Spent,
  found: (follow: Follow) => Promise<void>,
): Promise<void> {
  const { pool, clock } = deps
  const groups = await partGroups(pool, part)
  const ids = groups.map(({ hint }) => hint.groupId)
  const known = await knownGroups(pool, part.sourceNo, ids)
  const selves = new Map(groups.map((group) => [group.hint.groupId, group.selves]))
  const stop = new AbortController()
  const signal = AbortSignal.any([life.signal, stop.signal])
  const expands = part.whole && source.discover.expand === 'members'

  async function write(writes: readonly RollWrite[], readings: readonly Reading[]): Promise<ReadonlySet<string>> {
    const run = { runNo: part.runNo, sourceNo: part.sourceNo }
    return writeReads(pool, run, writes, async (client, written) => {
      await fence(client, part, spent())
      await noteGroups(client, part.runNo, written)
      for (const reading of expands ? readings : []) {
        for await (const accounts of accountsOf(reading)) await addAccounts(client, part.runNo, accounts)
      }
    })
  }

  const batchDeps: BatchDeps = {
    pool,
    clock,
    source,
    sourceNo: part.sourceNo,
    signal,
    trace: deps.trace,
    known,
    walks: pLimit(PART_CONCURRENCY),
    // Who asks for groups or accounts, or for all of them now, wants to know.
    fullEveryMs: part.whole && !part.urgent ? (source.fullEveryMs ?? null) : null,
    selvesOf: (groupId) => selves.get(groupId) ?? [],
    write,
    setAside: (gone) =>
      inTransaction(pool, async (client) => {
        await fence(client, part, spent())
        await addGone(client, part.runNo, gone.map(wordOf))
      }),
    leaveOut: (groupIds) => leaveOut(pool, part, groupIds, spent()),
    giveUp: (groupIds, note) => endUnread(pool, part, groupIds, note, spent()),
    stop: (error) => stop.abort(error),
    ...(part.kind === 'group'
      ? { journal: (group, attempt) => journalOf(deps, part, group, attempt, spent) }
      : {
          async handOver(group) {
            if ((group.memberCount ?? 0) <= LARGE_GROUP) return false
            await found({ parts: await handOver(pool, part, group.groupId, spent()), finished: false })
            return true
          },
        }),
  }
  const hints = groups.map(({ hint }) => {
    const stored = known.get(hint.groupId)
    return stored === undefined ? hint : { type: stored.type, memberCount: stored.memberCount, ...hint, known: true }
  })
  const batches = pLimit(PART_CONCURRENCY)
  const work = source.vendor.pack(hints).map((batch) =>
    batches(async () => {
      if (life.stopping.aborted || signal.aborted) return
      await readBatch(batchDeps, batch).catch((error: unknown) => {
        stop.abort(error)
        throw error
      })
    }),
  )
  const failed = (await Promise.allSettled(work)).find((result) => result.status === 'rejected')
  // The first failure aborted the others: theirs say no more than that.
  if (failed !== undefined) throw stop.signal.aborted ? stop.signal.reason : failed.reason
  life.signal.throwIfAborted()
  if (life.stopping.aborted) throw new HandBackError()
}

const wordOf = ({ groupId, beganAt, endedAt = beganAt + 1, reason }: Reading) => ({ groupId, beganAt, endedAt, reason })
