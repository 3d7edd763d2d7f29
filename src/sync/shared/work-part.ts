import { VendorError } from '../../core/errors.ts'
import { claimPart, endPart, fence, type Part, type Spent } from '../../store/parts.ts'
import { inTransaction } from '../../store/transaction.ts'
import { runSource, stopRun } from '../../store/work.ts'
import { untraced } from '../../trace.ts'
import { isStop } from '../faults.ts'
import type { SyncSource } from '../types.ts'
import { withNamesOrLater } from '../with-names.ts'
import { discoverPart } from './discover-part.ts'
import { readPart } from './read-part.ts'
import { type Follow, HandBackError, type Life, type SharedDeps } from './types.ts'

/** A part that many attempts could not end is the end of its run: it would be tried for ever. */
const MOST_ATTEMPTS = 50

/** One attempt at a part, and what follows it. Null where the part has ended already. */
export async function workPart(
  deps: SharedDeps,
  ref: { readonly runNo: number; readonly partNo: number },
  life: Life,
  found: (follow: Follow) => Promise<void>,
): Promise<(Follow & { readonly urgent: boolean }) | null> {
  const run = await runSource(deps.pool, ref.runNo)
  if (run === null) return null
  // Before the part is claimed: a worker that does not know the source takes nothing from those that do.
  await using source = deps.openSource(run.source, { urgent: run.urgent })
  await withNamesOrLater(deps.pool, source, run.sourceNo) // nothing is claimed that cannot be read
  const part = await claimPart(deps.pool, ref.runNo, ref.partNo)
  if (part === null) return null
  if (part.token > MOST_ATTEMPTS)
    await stopRun(deps.pool, part.runNo, `part ${part.partNo} failed ${MOST_ATTEMPTS} times`)
  let spent: () => Spent = () => part.spent
  if (part.stopped === null && part.token <= MOST_ATTEMPTS) {
    spent = () => add(part.spent, source)
    try {
      if (life.stopping.aborted) throw new HandBackError()
      // Read once the part is claimed: whoever is forgotten from now on shuts this attempt out.
      const { source: named } = await withNamesOrLater(deps.pool, source, part.sourceNo)
      const { trace = untraced } = deps
      const about = { source: part.source, run: part.runNo, part: part.partNo, kind: part.kind }
      await trace('part of a run', about, async () =>
        part.kind === 'list' || part.kind === 'accounts'
          ? discoverPart(deps, named, part, life, spent)
          : readPart(deps, named, part, life, spent, found),
      )
    } catch (error) {
      // What was spent is kept for the attempt that follows; where even that fails, the first failure is the one to report.
      await inTransaction(deps.pool, (client) => fence(client, part, spent())).catch(() => null)
      if (life.signal.aborted || !(error instanceof VendorError) || !isStop(error)) throw error
      deps.log.warn({ source: part.source, runNo: part.runNo, code: error.code }, error.message)
      await stopRun(deps.pool, part.runNo, error.message)
    }
  }
  return { ...(await endPart(deps.pool, part, spent())), urgent: part.urgent }
}

/** The calls of this attempt on top of those of the earlier ones. */
function add(spent: Part['spent'], { traffic }: SyncSource): Spent {
  const calls = { ...spent.calls }
  for (const [endpoint, count] of Object.entries(traffic.calls())) calls[endpoint] = (calls[endpoint] ?? 0) + count
  return { calls, rateLimited: spent.rateLimited + traffic.rateLimited() }
}

/** Ends a run with what it has. */
export const stopSharedRun = ({ pool }: SharedDeps, runNo: number, reason: string): Promise<void> =>
  stopRun(pool, runNo, reason)
