import pLimit from 'p-limit'
import type { Config, SourceConfig } from '../../config.ts'
import type { Context } from '../../context.ts'
import { withSourceLock } from '../../store/source-lock.ts'
import { syncSource } from '../../sync/sync-source.ts'
import type { SyncOptions, SyncResult as Synced } from '../../sync/types.ts'
import type { Life, SyncAsk, SyncResult } from '../types.ts'
import { count } from '../format.ts'
import { explain } from '../exit.ts'
import { growHeapSlowly } from '../heap.ts'
import { cured, inContext } from './context.ts'

/** Sources synced at a time: each takes a connection for its lock, and all share one pool. */
const SIDE_BY_SIDE = 8

/** Syncs the asked sources side by side. One that fails leaves the others complete. */
export async function runSync(config: Config, ask: SyncAsk, life: Life): Promise<readonly SyncResult[]> {
  const sources = config.sources.filter((source) => ask.sources.length === 0 || ask.sources.includes(source.name))
  growHeapSlowly()
  return inContext(config, { signal: life.signal }, async (context) => {
    const limit = pLimit(SIDE_BY_SIDE)
    const results = await Promise.allSettled(sources.map((source) => limit(syncOne, context, source, ask, life)))
    const [first] = results
    if (first?.status === 'rejected' && results.every(({ status }) => status === 'rejected')) throw first.reason
    return results.map((result, n) =>
      result.status === 'fulfilled' ? result.value : broken(sources[n]?.name ?? '', result.reason, life.signal),
    )
  })
}

/** One source, under its lock, with live progress. */
export async function syncOne(context: Context, config: SourceConfig, ask: SyncAsk, life: Life): Promise<SyncResult> {
  const { pool, runs, clock, log, trace } = context
  await using source = context.openSource(config)
  const { progress, signal } = life
  const startedAt = Date.now()
  const deps = {
    pool,
    runs,
    clock,
    log,
    trace,
    progress: (
      snapshot: { readonly calls: number } & Omit<Parameters<typeof progress.update>[1], 'callsPerSecond'>,
    ) => {
      const seconds = Math.max(0.5, (Date.now() - startedAt) / 1000)
      progress.update(config.name, { ...snapshot, callsPerSecond: snapshot.calls / seconds })
    },
  }
  const narrow = ask.groups.length + ask.accounts.length > 0
  const options: SyncOptions = {
    dryRun: ask.dryRun,
    ...(narrow ? { scope: { groups: ask.groups, accounts: ask.accounts } } : {}),
  }
  const onWait = () => progress.note(`${config.name}: another sync of this source is running; waiting for it to end …`)
  const synced = await withSourceLock(pool, config.name, { wait: ask.wait, onWait, signal }, () =>
    syncSource(deps, source, options, signal),
  )
  const result = synced === null ? busy(config.name) : resultOf(synced)
  progress.done(config.name, outcome(result), result.verdict)
  return result
}

function outcome({ verdict, groups, members }: SyncResult): string {
  return `${verdict}: ${count(groups.seen)} groups, ${count(members.read)} members, +${count(members.joined)} −${count(members.left)}`
}

function resultOf({ notes, error, ...synced }: Synced): SyncResult {
  return { ...synced, error, problems: notes }
}

function busy(source: string): SyncResult {
  const error = `Another sync of ${source} is running. Without --no-wait this one waits for it.`
  return { ...nothing(source), verdict: 'partial', error }
}

/** A source whose sync broke off while others went on. */
function broken(source: string, reason: unknown, signal: AbortSignal): SyncResult {
  const error = signal.aborted ? null : explain(cured(reason), false).message
  return { ...nothing(source), verdict: 'failed', error, interrupted: signal.aborted }
}

function nothing(source: string): Omit<SyncResult, 'verdict' | 'error'> {
  return {
    source,
    runId: null,
    problems: [],
    interrupted: false,
    groups: { seen: 0, complete: 0, partial: 0, gone: 0, failed: 0, unchanged: 0, unwalked: 0 },
    members: { read: 0, joined: 0, left: 0, changed: 0, held: 0 },
    calls: {},
    rateLimited: 0,
    durationMs: 0,
  }
}
