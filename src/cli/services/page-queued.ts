import type { Pool } from 'pg'
import type { Config } from '../../config.ts'
import { secretsOf } from '../../config.ts'
import type { Context } from '../../context.ts'
import type { QueueState, Resync, ResyncAsk, ResyncState } from '../../http/types.ts'
import type { Service } from '../../queue/service.ts'
import { readAsk } from '../../store/asks.ts'
import { askProgress } from '../../store/progress.ts'
import { databaseNow } from '../../store/queries.ts'
import { askFor } from '../../sync/shared/ask.ts'
import { createLog } from '../../log.ts'
import { namedBy } from './context.ts'
import { startPage } from './page.ts'
import { openHooks } from './page-hooks.ts'
import { heldIn } from './page-held.ts'
import type { Companion } from './work.ts'

/** The page beside a worker: resyncs go through the queue. */
export const pageBeside: Companion = async ({ context, service }, config) => {
  const over = new AbortController()
  const hooks = await openHooks(context, service, config.sources)
  const page = await startPage({
    pool: context.pool,
    log: createLog({ level: config.logLevel, secrets: secretsOf(config) }),
    sources: config.sources,
    http: config.http,
    resync: resyncQueued(context, service, config),
    held: heldIn(context, config, over.signal),
    queue: queueState(context.pool, service, config.http.queues === 'write'),
    hooks: hooks.hooks,
  })
  return {
    says: `The web page: ${page.url}`,
    async [Symbol.asyncDispose]() {
      over.abort()
      await page[Symbol.asyncDispose]()
      await hooks[Symbol.asyncDispose]()
    },
  }
}

function queueState(pool: Pool, service: Service, writable: boolean): QueueState {
  return {
    kind: service.backend,
    counts: () => service.counts(),
    async ready() {
      await Promise.all([service.counts(), databaseNow(pool)])
    },
    board: { writable, open: (prefix) => service.board({ prefix, writable }) },
  }
}

/** On-demand jobs ahead of scheduled work. The database makes one of two same asks that wait. */
function resyncQueued(context: Context, service: Service, { sources }: Config): Resync {
  const { pool, runs } = context
  const state = async (id: string): Promise<ResyncState | null> => {
    const number = Number(id)
    if (!Number.isInteger(number) || number < 1 || number > 2_147_483_647) return null
    const [ask, progress] = [await readAsk(pool, number), await askProgress(pool, number)]
    if (ask === null || progress === null) return null
    const run = progress.ended && progress.runNo !== null ? await runs.read(progress.runNo) : null
    const failed = progress.ended && (run === null ? progress.note === null : run.verdict === 'failed')
    return {
      id,
      source: ask.source,
      groups: ask.scope?.groups ?? [],
      accounts: ask.scope?.accounts ?? [],
      state: failed ? 'failed' : progress.ended ? 'done' : progress.runNo === null ? 'waiting' : 'running',
      runId: progress.runNo,
      groupsDone: run?.groups.seen ?? progress.done,
      groupsKnown: run?.groups.seen ?? progress.groups,
      members: run?.members.read ?? progress.members,
      calls: run === null ? progress.calls : Object.values(run.calls).reduce((sum, calls) => sum + calls, 0),
      note:
        run === null
          ? progress.note
          : `${run.members.joined} joined, ${run.members.left} left, ${run.members.changed} changed`,
    }
  }
  return {
    state,
    async start(ask: ResyncAsk) {
      const source = sources.find(({ name }) => name === ask.source)
      if (source === undefined) throw new RangeError(`no source is called ${ask.source}`)
      const { groups, accounts } = ask
      const scope = groups.length + accounts.length === 0 ? null : { groups, accounts }
      const sourceNo = await runs.source(source.name, source.vendor)
      const askNo = await askFor(pool, namedBy(source, context), sourceNo, scope)
      await service.enqueue('start-sync', [{ ask: askNo }], { urgent: true })
      const started = await state(String(askNo))
      if (started === null) throw new Error(`the ask ${askNo} was not kept`)
      return started
    },
  }
}
