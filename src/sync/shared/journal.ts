import type { Group } from '../../core/group.ts'
import { fence, type Part, type Spent } from '../../store/parts.ts'
import { inTransaction } from '../../store/transaction.ts'
import { beginWalk, keepPage, storedWalk } from '../../store/walk-pages.ts'
import type { Journal } from '../walk-group.ts'
import type { SharedDeps } from './types.ts'

/** A walk left alone for longer is begun anew: the vendor's cursors do not live for ever. */
const STALE_MS = 10 * 60_000

/** The pages of a large group's walk as earlier attempts have kept them, or an empty journal. */
export async function journalOf(
  { pool, clock }: SharedDeps,
  part: Part,
  group: Group,
  attempt: number,
  spent: () => Spent,
): Promise<Journal> {
  const { groupId, memberCount } = group
  const now = clock.now()
  // A read that another one has overtaken began too early: it starts from nothing.
  const stored = attempt > 1 ? null : await storedWalk(pool, part.runNo, groupId, now - STALE_MS)
  const { beganAt, countBefore, events } = stored ?? { beganAt: now, countBefore: memberCount, events: [] }
  if (stored === null) {
    await inTransaction(pool, async (client) => {
      await fence(client, part, spent())
      await beginWalk(client, part.runNo, groupId, { beganAt, countBefore })
    })
  }
  return {
    beganAt,
    countBefore,
    before: events,
    note: (pageNo, event) =>
      inTransaction(pool, async (client) => {
        await fence(client, part, spent())
        await keepPage(client, part.runNo, groupId, { pageNo, beganAt, event })
      }),
  }
}
