import { waitingAsks } from '../../store/asks.ts'
import { closeRun } from '../../store/finish-run.ts'
import { verdictOf } from '../tally.ts'
import type { SharedDeps } from './types.ts'
import { writeGone } from './write-gone.ts'

/** A run that has just been ended. */
export interface EndedRun {
  readonly sourceNo: number
  /** The asks that waited for its end. */
  readonly waiting: readonly { readonly askNo: number; readonly urgent: boolean }[]
}

/** Ends a run whose work has ended: its verdict. Null where there is nothing to end. */
export async function finishRun(deps: SharedDeps, runNo: number, signal: AbortSignal): Promise<EndedRun | null> {
  const { pool, clock, log } = deps
  await writeGone(deps, runNo, signal)
  const closed = await closeRun(pool, runNo, clock.now(), ({ groups, members, problems, unread, stopped }) =>
    verdictOf({ groups, problems: problems + unread + members.held, stopped }),
  )
  if (closed === null) return null
  const { verdict, sum } = closed
  log.info({ runNo, verdict, groups: sum.groups, members: sum.members, reason: sum.stopped }, 'run ended')
  return { sourceNo: closed.sourceNo, waiting: await waitingAsks(pool, closed.sourceNo) }
}
