import type { Config } from '../../config.ts'
import { nextTicks } from '../../core/tick.ts'
import { storedSchedules } from '../../store/schedules.ts'
import { growHeapSlowly } from '../heap.ts'
import { untilStopped } from '../interrupt.ts'
import type { ScheduleShown, WorkAsk } from '../queue-types.ts'
import type { Life } from '../types.ts'
import { openContext } from './context.ts'
import { openWorkplace, quietLog, schedulesOf, serviceLog, type Workplace } from './queue.ts'

/** Something that `up` runs beside the worker, such as the web page; stopped before the worker is. */
export type Companion = (workplace: Workplace, config: Config) => Promise<AsyncDisposable & { readonly says: string }>

/** Works the queues until the life of the process ends; what is in hand then is finished or handed back. */
export async function runWork(
  config: Config,
  { concurrency, schedules, tell }: WorkAsk,
  life: Life,
  companions: readonly Companion[] = [],
): Promise<void> {
  growHeapSlowly()
  await using workplace = await openWorkplace(config, life, serviceLog(config))
  const { service } = workplace
  if (schedules) await service.applySchedules(schedulesOf(config))
  const worker = await service.work({ concurrency })
  try {
    tell(`Working, ${concurrency} jobs side by side, queue in ${service.backend === 'redis' ? 'Redis' : 'PostgreSQL'}.`)
    await beside(companions, workplace, config, tell, () => untilStopped(life.signal))
  } finally {
    await worker.stop()
  }
}

/** Runs `work` while the companions are up; they are taken down in the opposite order. */
async function beside(
  companions: readonly Companion[],
  workplace: Workplace,
  config: Config,
  tell: (line: string) => void,
  work: () => Promise<void>,
): Promise<void> {
  const [first, ...others] = companions
  if (first === undefined) return work()
  await using companion = await first(workplace, config)
  tell(companion.says)
  await beside(others, workplace, config, tell, work)
}

const TICKS_SHOWN = 5

export async function listSchedules(config: Config): Promise<readonly ScheduleShown[]> {
  await using context = await openContext(config)
  const stored = new Map((await storedSchedules(context.pool)).map((one) => [one.source, one]))
  return schedulesOf(config).map(({ source, pattern, timezone }) => {
    const known = stored.get(source)
    return {
      source,
      pattern,
      timezone,
      next: nextTicks(pattern, timezone, Date.now(), TICKS_SHOWN),
      applied: known?.pattern === pattern && known.timezone === timezone,
      lastTick: known?.tickAt ?? null,
      lastSkipped: known?.skippedAt ?? null,
    }
  })
}

export async function runApply(config: Config): Promise<readonly ScheduleShown[]> {
  const life = { signal: new AbortController().signal, progress: { update() {}, done() {}, note() {}, stop() {} } }
  {
    await using workplace = await openWorkplace(config, life, quietLog(config))
    await workplace.service.applySchedules(schedulesOf(config))
  }
  return listSchedules(config)
}
