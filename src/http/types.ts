import type { FastifyPluginCallback } from 'fastify'
import type { Log } from '../log.ts'
import type { PageData } from '../store/page/page.ts'

/** What the page and the API stand on. What is null is not there in this process: its routes say so. */
export interface HttpDeps {
  readonly data: PageData
  readonly log: Log
  /** The sources of the configuration; those that only the database knows are shown without. */
  readonly sources: readonly ConfiguredSource[]
  readonly resync: Resync | null
  readonly held: Held | null
  readonly queue: QueueState | null
  /** By source; those without have their webhooks off. */
  readonly hooks?: ReadonlyMap<string, Hook>
  readonly version: string
  /** The folder of the built page. */
  readonly webRoot: string
}

export interface ConfiguredSource {
  readonly name: string
  readonly vendor: string
  /** Cron and IANA zone; null: on demand only. */
  readonly schedule: { readonly pattern: string; readonly timezone: string } | null
  /** The next scheduled run after a moment, ms. */
  readonly nextRun: (after: number) => number | null
  /** Calls a second this worker may make, by endpoint. */
  readonly rates: Readonly<Record<string, number>>
}

export interface ResyncAsk {
  readonly source: string
  /** Both empty: the whole source. */
  readonly groups: readonly string[]
  readonly accounts: readonly string[]
}

export interface ResyncState extends ResyncAsk {
  readonly id: string
  readonly state: 'waiting' | 'running' | 'done' | 'failed'
  readonly runId: number | null
  readonly groupsDone: number
  readonly groupsKnown: number
  readonly members: number
  readonly calls: number
  readonly note: string | null
}

/** On-demand reads. The same ask while it waits or runs is one. */
export interface Resync {
  readonly start: (ask: ResyncAsk) => Promise<ResyncState>
  state(id: string): Promise<ResyncState | null>
}

export interface HeldItem {
  readonly id: string
  readonly source: string
  readonly groupId: string
  readonly groupName: string | null
  readonly kind: 'leaves' | 'dissolved'
  readonly count: number
  readonly of: number
  readonly since: string
  /** Which guard, and why it holds these back. */
  readonly reason: string
  readonly accounts: readonly string[]
}

/** What came of a decision: a sentence, and the run that read the group again, if one did. */
export interface Decided {
  readonly says: string
  readonly runId: number | null
}

/** Leaves that a guard holds back. An answer of null: there is no such id any more. */
export interface Held {
  list(): Promise<readonly HeldItem[]>
  approve(id: string): Promise<Decided | null>
  reject(id: string): Promise<Decided | null>
}

/** One source's webhooks, without the queue behind them. */
export interface Hook {
  /** What the vendor wants to hear, as JSON. */
  readonly answer: string
  /** What has come of a request. Rejects where it could not be kept: the vendor is told so, and may come again. */
  readonly hear: (request: HookRequest) => Promise<HookOutcome>
}
export interface HookRequest {
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}
export const HOOK_OUTCOMES = [
  ...(['hint', 'repeated', 'ignored', 'unknown'] as const),
  ...(['signature', 'age', 'app', 'body', 'oversized', 'failed'] as const),
] as const
export type HookOutcome = (typeof HOOK_OUTCOMES)[number]

export interface QueueState {
  readonly kind: 'redis' | 'postgres'
  counts(): Promise<Readonly<Record<string, number>>>
  /** Rejects where the queue does not answer. */
  ready(): Promise<void>
  /** Null: no board of the queues is shown. */
  readonly board: Board | null
}

/** Bull Board. */
export interface Board {
  /** Whether it may also change jobs. */
  readonly writable: boolean
  open(prefix: string): Promise<FastifyPluginCallback>
}

export interface HttpSettings {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly token: string | null
}
