import { nextTick } from '../../core/tick.ts'
import { addAsk } from '../../store/asks.ts'
import { type AppliedSchedule, noteSkipped, storedSchedules, takeTick } from '../../store/schedules.ts'
import { inTransaction } from '../../store/transaction.ts'
import { wholeRunOpen } from '../../store/work.ts'
import type { SharedDeps } from './types.ts'

/** The source of a tick was still being read: the tick is skipped. Or nobody had this tick before: an ask is made of it. */
export type Tick = { readonly kind: 'asked'; readonly askNo: number } | { readonly kind: 'skipped' | 'taken' }

/**
 * A tick of a schedule has come. Whoever comes with it first has it; a clock that was set back brings none again, unless by
 * more than a day: then it was wrong before. (Ticks go by the wall clock; that of the reads never goes back.) Taking it and
 * what becomes of it are one: nobody who dies in between takes the tick along.
 */
export async function tick(deps: SharedDeps, sourceName: string, at: number): Promise<Tick> {
  const { pool, runs, log } = deps
  await using source = deps.openSource(sourceName, { urgent: false })
  const busy = await wholeRunOpen(pool, sourceName)
  const skip = busy && source.overlap !== 'queue'
  const sourceNo = await runs.source(source.name, source.vendor.kind)
  const made = await inTransaction(pool, async (client): Promise<Tick> => {
    if (!(await takeTick(client, sourceName, at, Date.now() + DAY))) return { kind: 'taken' }
    if (!skip)
      return {
        kind: 'asked',
        askNo: await addAsk(client, sourceNo, { trigger: 'schedule', scope: null, urgent: false }),
      }
    await noteSkipped(client, sourceName, at)
    return { kind: 'skipped' }
  })
  if (busy && made.kind !== 'taken')
    log.warn(
      { source: sourceName, tick: new Date(at).toISOString() },
      `the run before it is still going, so this tick of the schedule ${skip ? 'is skipped' : 'waits for its end'}`,
    )
  return made
}

export interface Overdue {
  readonly source: string
  /** The newest tick that nobody has taken: of several missed ones, one is made good. */
  readonly at: number
}

/** The ticks that should have come `graceMs` ago and did not. */
export async function overdueTicks({ pool }: SharedDeps, now: number, graceMs: number): Promise<readonly Overdue[]> {
  return (await storedSchedules(pool)).flatMap((schedule) => {
    const at = newestMissed(schedule, now - graceMs)
    return at === null ? [] : [{ source: schedule.source, at }]
  })
}

/** The newest tick of a schedule after its last one and up to a moment. Behind one of a wrong clock none counts as missed. */
export function newestMissed({ pattern, timezone, appliedAt, tickAt }: AppliedSchedule, until: number): number | null {
  if (tickAt !== null && tickAt > until + DAY) return null
  let missed: number | null = null
  let after = Math.max(appliedAt, tickAt ?? 0)
  // Years of missed minutes are not gone through one by one: those of the last two days will do.
  if (until - after > 2 * DAY && (nextTick(pattern, timezone, until - DAY) ?? until) < until) after = until - DAY
  for (let at = nextTick(pattern, timezone, after); at !== null && at <= until; at = nextTick(pattern, timezone, at))
    missed = at
  return missed
}

const DAY = 86_400_000
