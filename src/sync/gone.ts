import type { Pool } from 'pg'
import { type Guard, judgeGone } from '../core/guard.ts'
import type { RollWrite } from '../core/roll-write.ts'
import type { KnownGroup } from '../store/known.ts'
import type { Reading } from './reading.ts'
import { settle, type SettleDeps } from './settle.ts'

/** Whole rolls are compared at once: no more of them than a batch would hold. */
const AT_ONCE = 50

/**
 * Judges the vendor's word that groups are gone, when it is known how many of the source's groups that is: carried out,
 * or held back by the guard as a whole. Yields the writes in batches.
 *
 * @param of how many groups of the source stand
 */
export async function* settleGone(
  deps: SettleDeps & { readonly pool: Pool; readonly dissolveGuard: Guard | undefined },
  readings: readonly Reading[],
  known: ReadonlyMap<string, KnownGroup>,
  of: number,
): AsyncGenerator<RollWrite[]> {
  const gone = new Set(readings.map(({ groupId }) => groupId)).size
  for (let at = 0; at < readings.length; at += AT_ONCE) {
    const writes = await settle(deps, readings.slice(at, at + AT_ONCE), known)
    yield writes.map((write) =>
      judgeGone(
        write,
        { gone, of },
        {
          guard: deps.dissolveGuard,
          approved: deps.approved?.get(write.receipt.groupId) ?? null,
        },
      ),
    )
  }
}

/** How many groups of a source stand, of those that are read: what a share of them is measured by. */
export function standing(known: ReadonlyMap<string, KnownGroup>): number {
  let count = 0
  for (const { dissolvedAt, wanted } of known.values()) if (dissolvedAt === null && wanted) count++
  return count
}
