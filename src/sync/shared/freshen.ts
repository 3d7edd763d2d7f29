import { batchSize } from '../../core/freshness.ts'
import { addAsk } from '../../store/asks.ts'
import { groupsDue, roundCost } from '../../store/freshness.ts'
import type { SharedDeps } from './types.ts'

/**
 * Asks for a read of the groups that most need one, of each source that wants to be fresh all the time. One batch of a
 * source at a time; the next is chosen when it has ended.
 */
export async function freshen(deps: SharedDeps): Promise<readonly number[]> {
  const { pool, runs, log } = deps
  const asks: number[] = []
  for (const { source, vendor, targetMs, rates } of deps.fresh ?? []) {
    const most = batchSize(await roundCost(pool, source), rates)
    const groups = await groupsDue(pool, source, targetMs, most)
    if (groups.length === 0) continue
    const sourceNo = await runs.source(source, vendor)
    asks.push(await addAsk(pool, sourceNo, { trigger: 'schedule', scope: { groups, accounts: [] }, urgent: false }))
    log.info({ source, groups: groups.length }, 'reading the groups that need it most')
  }
  return asks
}
