import { neglectedAsks } from '../../store/asks.ts'
import { type Neglected, neglectedWork } from '../../store/work.ts'
import { type Overdue, overdueTicks } from './tick.ts'
import type { SharedDeps } from './types.ts'

/** A tick that has not come so long after its time will not come by itself. */
const TICK_GRACE_MS = 30_000
/** Jobs are queued anew for work whose job was queued so long ago; where the job still stands, that changes nothing. */
const NEGLECT_MS = 20_000

/** What should be under way and may not be. */
export async function lookAround(deps: SharedDeps): Promise<{
  readonly overdue: readonly Overdue[]
  readonly neglected: Neglected
  readonly asks: readonly { readonly askNo: number; readonly urgent: boolean }[]
}> {
  const overdue = await overdueTicks(deps, deps.clock.now(), TICK_GRACE_MS)
  for (const { source, at } of overdue) {
    deps.log.warn({ source, tick: new Date(at).toISOString() }, 'a tick of the schedule did not come; made good now')
  }
  return {
    overdue,
    neglected: await neglectedWork(deps.pool, NEGLECT_MS),
    asks: await neglectedAsks(deps.pool, NEGLECT_MS),
  }
}
