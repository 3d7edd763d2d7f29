import { nextTick } from '../core/tick.ts'
import type { BullQueue } from './backend.ts'
import { ATTEMPTS, LEAVES_NOTHING } from './queues.ts'

export interface Wanted {
  readonly source: string
  readonly pattern: string
  readonly timezone: string
}

const ID = 'sync-'
/** A schedule of the queue whose next tick is this late has stopped. */
const STOPPED_MS = 15_000
/** One that waits for a later tick than the next after so long was set by a clock that was wrong. */
const STRAY_MS = 86_400_000

/**
 * Makes the schedules of the queue equal to those wanted. One that is right is left alone. Returns the sources whose
 * schedule was missing, different or stopped.
 */
export async function alignSchedules(queue: BullQueue, wanted: readonly Wanted[], now: number): Promise<string[]> {
  const standing = (await queue.getJobSchedulers()).filter(({ key }) => key.startsWith(ID))
  const wantedIds = new Set(wanted.map(({ source }) => ID + source))
  for (const { key } of standing) if (!wantedIds.has(key)) await queue.removeJobScheduler(key)
  const changed: string[] = []
  for (const { source, pattern, timezone } of wanted) {
    const found = standing.find(({ key }) => key === ID + source)
    const right = found?.pattern === pattern && found.tz === timezone && waits(pattern, timezone, found.next ?? 0, now)
    if (right || nextTick(pattern, timezone, now) === null) continue
    if (found !== undefined) await queue.removeJobScheduler(found.key)
    // No deduplication in the template: it would stop the scheduler. The tick itself is taken once (sync/shared/tick).
    const template = { name: 'start-sync', data: { source }, opts: { ...ATTEMPTS, ...LEAVES_NOTHING } }
    await queue.upsertJobScheduler(ID + source, { pattern, tz: timezone }, template)
    changed.push(source)
  }
  return changed
}

function waits(pattern: string, timezone: string, next: number, now: number): boolean {
  return next > now - STOPPED_MS && next <= (nextTick(pattern, timezone, now + STRAY_MS) ?? next)
}
