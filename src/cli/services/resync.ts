import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../../config.ts'
import { UsageError } from '../../core/errors.ts'
import { askProgress, changesOfRun } from '../../store/progress.ts'
import { askFor } from '../../sync/shared/ask.ts'
import type { ResyncAnswer, ResyncAsk } from '../queue-types.ts'
import type { Life } from '../types.ts'
import { namedBy } from './context.ts'
import { openWorkplace, quietLog, type Workplace } from './queue.ts'

const LOOK_EVERY_MS = 100
/** Without a sign of a worker for so long, a person is told what may be missing. */
const LONELY_MS = 15_000

/** Queues an ask ahead of scheduled work and, where asked to, waits for its answer. */
export async function runResync(config: Config, ask: ResyncAsk, life: Life): Promise<ResyncAnswer> {
  await using workplace = await openWorkplace(config, life, quietLog(config))
  const { context, service } = workplace
  const source = config.sources.find(({ name }) => name === ask.source)
  if (source === undefined) throw new UsageError(`--source: there is no source "${ask.source}" in ${config.configPath}`)
  const sourceNo = await context.runs.source(source.name, source.vendor)
  const { groups, accounts } = ask
  const scope = groups.length + accounts.length === 0 ? null : { groups, accounts }
  const askNo = await askFor(context.pool, namedBy(source, context), sourceNo, scope)
  await service.enqueue('start-sync', [{ ask: askNo }], { urgent: true })
  if (!ask.wait) return { ask: askNo, source: ask.source, run: null, note: null, changes: [] }
  return await answerOf(workplace, ask, askNo, life)
}

async function answerOf({ context }: Workplace, ask: ResyncAsk, askNo: number, life: Life): Promise<ResyncAnswer> {
  const startedAt = performance.now()
  const { progress, signal } = life
  let told = false
  for (;;) {
    const state = await askProgress(context.pool, askNo)
    const waited = performance.now() - startedAt
    if (state?.ended === true) {
      const run = state.runNo === null ? null : await context.runs.read(state.runNo)
      const groups = state.note === null || ask.groups.length === 0 ? null : ask.groups
      const changes = run === null ? [] : await changesOfRun(context.pool, run.runId, groups)
      return { ask: askNo, source: ask.source, run: run && { ...run, ...ended(run) }, note: state.note, changes }
    }
    if (state !== null && state.runNo !== null) {
      progress.update(ask.source, {
        groupsDone: state.done,
        groupsKnown: state.groups,
        members: state.members,
        calls: state.calls,
        callsPerSecond: (state.calls * 1000) / Math.max(500, waited),
        waiting: null,
        phase: '',
      })
    } else if (waited > LONELY_MS && !told) {
      told = true
      progress.note('Nobody has taken it up yet: is "rollcall up" or "rollcall worker" running? Still waiting …')
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => signal.throwIfAborted())
  }
}

function ended(run: { readonly verdict: string | null; readonly durationMs: number | null }) {
  const verdict = run.verdict === 'complete' || run.verdict === 'partial' ? run.verdict : 'failed'
  return { verdict, durationMs: run.durationMs ?? 0 } as const
}
