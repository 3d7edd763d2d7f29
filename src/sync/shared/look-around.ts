import { neglectedAsks } from '../../store/asks.ts'
import { endSilentCopies } from '../../store/silent.ts'
import { type Neglected, neglectedWork } from '../../store/work.ts'
import { type Overdue, overdueTicks } from './tick.ts'
import type { SharedDeps } from './types.ts'

/** A tick that has not come so long after its time will not come by itself. */
const TICK_GRACE_MS = 30_000
/** Jobs are queued anew for work whose job was queued so long ago; where the job still stands, that changes nothing. */
const NEGLECT_MS = 20_000

/** The ticks of schedules that should have come. */
export async function lostTicks(deps: SharedDeps): Promise<readonly Overdue[]> {
  const overdue = await overdueTicks(deps, Date.now(), TICK_GRACE_MS)
  for (const { source, at } of overdue) {
    deps.log.warn({ source, tick: new Date(at).toISOString() }, 'a tick of the schedule did not come; made good now')
  }
  return overdue
}

/** Writers whose process or connection has fallen silent in the middle keep their locks from everybody no longer. */
export async function endSilentWriters({ pool, log }: SharedDeps): Promise<void> {
  const ended = await endSilentCopies(pool)
  if (ended > 0) log.warn({ sessions: ended }, 'writers that had fallen silent were ended in the database')
}

/** Parts without a job that should have one, and runs whose work has ended but that have not; each once in a while. */
export const lostWork = ({ pool }: SharedDeps): Promise<Neglected> => neglectedWork(pool, NEGLECT_MS)

/** Asks that wait although nothing holds them up. */
export const lostAsks = ({ pool }: SharedDeps): ReturnType<typeof neglectedAsks> => neglectedAsks(pool, NEGLECT_MS)
