import type { Config, SourceConfig } from '../../config.ts'
import type { Context } from '../../context.ts'
import { withSourceLock } from '../../store/source-lock.ts'
import { syncSource } from '../../sync/sync-source.ts'
import type { SyncOptions, SyncResult as Synced } from '../../sync/types.ts'
import type { Life, SyncAsk, SyncResult } from '../types.ts'
import { count } from '../format.ts'
import { openContext } from './context.ts'

/** Syncs the asked sources side by side. One that fails leaves the others complete. */
export async function runSync(config: Config, ask: SyncAsk, life: Life): Promise<readonly SyncResult[]> {
  const sources = config.sources.filter((source) => ask.sources.length === 0 || ask.sources.includes(source.name))
  await using context = await openContext(config, { signal: life.signal })
  const results = await Promise.allSettled(sources.map((source) => syncOne(context, source, ask, life)))
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason
    return result.value
  })
}

/** One source, under its lock, with live progress. */
export async function syncOne(context: Context, config: SourceConfig, ask: SyncAsk, life: Life): Promise<SyncResult> {
  const { pool, runs, clock, log } = context
  await using source = context.openSource(config)
  const { progress, signal } = life
  const startedAt = Date.now()
  const deps = {
    pool,
    runs,
    clock,
    log,
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
  return {
    source,
    runId: null,
    verdict: 'partial',
    error: `Another sync of ${source} is running. Without --no-wait this one waits for it.`,
    problems: [],
    interrupted: false,
    groups: { seen: 0, complete: 0, partial: 0, gone: 0, failed: 0, unchanged: 0 },
    members: { read: 0, joined: 0, left: 0, changed: 0, held: 0 },
    calls: {},
    rateLimited: 0,
    durationMs: 0,
  }
}
