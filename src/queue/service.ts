import type { FastifyPluginCallback } from 'fastify'
import { keepSchedules, keptSchedules } from '../sync/shared/schedules.ts'
import type { SharedDeps } from '../sync/shared/types.ts'
import { openBackend, type Place } from './backend.ts'
import { createBoard } from './board.ts'
import { createComplain } from './complain.ts'
import type { SharedWork } from './process.ts'
import { openQueues } from './queues.ts'
import { alignSchedules, type Wanted } from './schedules.ts'
import type { JobKind } from './types.ts'
import { startWorker, type WorkerSettings } from './worker.ts'

export type { Place, Wanted }
export type ServiceDeps = SharedDeps & Pick<SharedWork, 'log'>

/** The queue as the verbs use it. */
export interface Service extends AsyncDisposable, Pick<SharedWork, 'enqueue'> {
  readonly backend: 'redis' | 'postgres'
  /** Makes the schedules, stored and in the queue, equal to these. */
  applySchedules(wanted: readonly Wanted[]): Promise<void>
  counts(): Promise<Readonly<Record<string, number>>>
  /** Bull Board over the queues, to be served under `prefix`. */
  board(options: { readonly prefix: string; readonly writable: boolean }): Promise<FastifyPluginCallback>
  /** Works the queues until it is stopped. */
  work(settings: WorkerSettings): Promise<{ stop(): Promise<void> }>
}

/**
 * Opens the queues, in Redis or in PostgreSQL; the tables of the latter are made where they are missing.
 *
 * @param jobs everything there is to do; among it `watch`, which looks after what the queue may have lost
 */
export async function openService(place: Place, deps: ServiceDeps, jobs: readonly JobKind[]): Promise<Service> {
  const backend = await openBackend(place, createComplain(deps.log))
  const kinds = new Map(jobs.map((kind) => [kind.name, kind]))
  const queues = openQueues(backend, kinds)
  const align = async (): Promise<string[]> => {
    const wanted = (await keptSchedules(deps)).map(({ source, pattern, timezone }) => ({ source, pattern, timezone }))
    return alignSchedules(queues.normal, wanted, Date.now())
  }
  const shared: SharedWork = {
    ...deps,
    enqueue: queues.enqueue,
    upkeep: { repairSchedules: align, counts: () => queues.counts() },
  }
  return {
    backend: backend.kind,
    enqueue: queues.enqueue,
    counts: () => queues.counts(),
    async applySchedules(wanted) {
      await keepSchedules(deps, wanted)
      await align()
    },
    board: (options) => createBoard([queues.normal, queues.urgent], options),
    work: (settings) => startWorker(backend, queues, shared, kinds, settings),
    async [Symbol.asyncDispose]() {
      await queues.close()
      await backend[Symbol.asyncDispose]()
    },
  }
}
