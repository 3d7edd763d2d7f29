import type { Config } from '../config.ts'
import type { Evidence } from '../core/evidence.ts'
import type { Json, JsonObject, Millis, Role } from '../core/member.ts'
import type { ExportAsk as StoredExportAsk, Exported } from '../store/export.ts'
import type { ReportTable } from '../store/reports/run.ts'
import type { Quarantined } from '../store/quarantine.ts'
import type { Report, ReportAsk as ReportWith } from '../store/reports/types.ts'
import type { Retained } from '../sync/retain.ts'
import type { DemoData } from './demo-report.ts'
import type { Progress } from './progress.ts'
import type { Forget } from './forget-types.ts'
import type { HeldServices } from './held-types.ts'
import type { ImportServices } from './import-types.ts'
import type { QueueServices } from './queue-types.ts'

/** What the verbs ask of the rest of the program. `services.ts` is the one place that ties them together. */
export interface Services {
  migrate(config: Config, life: Life): Promise<MigrateResult>
  /** One result a source, in the order of the configuration. An abort ends it early, with `interrupted` set. */
  sync(config: Config, ask: SyncAsk, life: Life): Promise<readonly SyncResult[]>
  /** The sources that the database has a history of, also those the file no longer names. */
  knownSources(config: Config): Promise<readonly string[]>
  members(config: Config, ask: MembersAsk): Promise<MembersAnswer>
  /** Oldest first, by `at`. */
  changes(config: Config, ask: ChangesAsk): AsyncIterable<Change>
  /** How a change is known; null where there is none with this id. */
  explain(config: Config, id: string, about: 'member' | 'group'): Promise<Evidence | null>
  status(config: Config): Promise<Status>
  report(config: Config, ask: ReportAsk): Promise<ReportAnswer>
  /** Makes the facts behind the reports anew, of some sources or (empty) of all. Returns their names. */
  rebuildFacts(config: Config, sources: readonly string[]): Promise<readonly string[]>
  /** One answer a file, as each is written. */
  export(config: Config, ask: ExportAsk): AsyncIterable<Exported>
  /** One check after the other, as they are made. The configuration itself has been checked before. */
  doctor(config: Config, life: Life): AsyncIterable<Check>
  /** Where the kept history of a source (null: of each) begins; those of which all is kept are left out. */
  keptFrom(
    config: Config,
    source: string | null,
  ): Promise<readonly { readonly source: string; readonly from: Millis }[]>
  /** Drops what is older than the configuration wants kept; one answer a source that the database knows. */
  retain(config: Config, ask: RetainAsk, life: Life): Promise<readonly Retained[]>
  simulate(ask: SimulateAsk, life: Life): Promise<SimulateAnswer>
  demo(config: Config, ask: DemoAsk, life: Life): Promise<DemoAnswer>
  readonly forget: Forget
  readonly queue: QueueServices
  readonly held: HeldServices
  readonly imports: ImportServices
}

/** What a long verb is given to live by: when to end, and whom to tell. */
export interface Life {
  readonly signal: AbortSignal
  readonly progress: Progress
}

export interface MigrateResult {
  readonly applied: readonly string[]
  /** The newest migration in the database after this. */
  readonly version: string
}

export const VERDICTS = ['complete', 'partial', 'failed'] as const
export type Verdict = (typeof VERDICTS)[number]

export interface SyncAsk {
  /** Empty: every source. */
  readonly sources: readonly string[]
  /** Just these groups and accounts; only given together with exactly one source. */
  readonly groups: readonly string[]
  readonly accounts: readonly string[]
  readonly dryRun: boolean
  /** False: a source that is being synced already is an error at once (verdict `partial`, exit code 3). */
  readonly wait: boolean
}

export interface RunCounts {
  readonly groups: Readonly<
    Record<'seen' | 'complete' | 'partial' | 'gone' | 'failed' | 'unchanged' | 'unwalked', number>
  >
  readonly members: Readonly<Record<'read' | 'joined' | 'left' | 'changed' | 'held', number>>
  readonly calls: Readonly<Record<string, number>>
  readonly rateLimited: number
  readonly durationMs: number
}

export interface SyncResult extends RunCounts {
  readonly source: string
  /** Null in a dry run. */
  readonly runId: string | number | null
  readonly verdict: Verdict
  /** Why it failed, or was not begun; a sentence with its cure. Null when it ran. */
  readonly error: string | null
  /** What could not be read completely, a sentence each (`group @TGS#1: forbidden: …`). */
  readonly problems: readonly string[]
  readonly interrupted: boolean
  /** Only in a dry run. */
  readonly changes?: readonly Change[]
}

export interface MembersAsk {
  readonly source: string
  readonly groupId: string
  /** Null: now. */
  readonly at: Millis | null
}
export interface MemberRow {
  readonly accountId: string
  readonly role: Role
  readonly nameCard: string | null
  readonly joinedAt: Millis | null
  readonly proven: boolean
}
export interface MembersMeta {
  readonly source: string
  readonly groupId: string
  readonly at: Millis
  readonly name: string | null
  readonly type: string | null
  readonly coverage: 'full' | 'partial' | 'none'
  readonly lastReadAt: Millis | null
  readonly dissolvedAt: Millis | null
  /** No roll is proven before; null: the group was never read completely. */
  readonly provenFrom: Millis | null
  /** Stays that ended before are kept no more; null: all are kept. */
  readonly keptFrom: Millis | null
}
/** `meta` is null for a group that was never seen. */
export interface MembersAnswer {
  readonly meta: MembersMeta | null
  readonly rows: readonly MemberRow[]
}

export interface ChangesAsk {
  readonly source: string | null
  readonly groupId: string | null
  readonly accountId: string | null
  readonly since: Millis | null
  readonly until: Millis | null
}
export const CHANGE_KINDS = [
  ...(['joined', 'left', 'role', 'name_card', 'muted', 'attributes'] as const),
  ...(['created', 'renamed', 'owner', 'updated', 'dissolved', 'reappeared'] as const),
] as const
export type ChangeKind = (typeof CHANGE_KINDS)[number]
/** A row of `member_changes`, or of `group_changes` with `accountId` null. */
export interface Change {
  /** Null in a dry run, where nothing is written. */
  readonly id: number | string | null
  readonly source: string
  readonly groupId: string
  readonly accountId: string | null
  readonly kind: ChangeKind
  readonly at: Millis
  readonly notBefore: Millis | null
  readonly notAfter: Millis | null
  readonly old: JsonObject | null
  readonly new: JsonObject | null
  readonly runId: number | string | null
  /** Known from an import alone: no run saw it, and it is not proven. */
  readonly imported?: boolean
}

export interface LastRun extends RunCounts {
  readonly runId: number | string
  /** Null while it runs. */
  readonly verdict: Verdict | null
  readonly startedAt: Millis
  readonly finishedAt: Millis | null
}
export interface SourceStatus {
  readonly name: string
  readonly vendor: string
  readonly lastRun: LastRun | null
  readonly oldestCompleteRead: Millis | null
  readonly groups: number
  readonly members: number
  readonly held: number
  readonly nextRun: Millis | null
  /** How long a read of everything takes at this quota, ms; null before the first. Only where a target is set. */
  readonly freshness?: { readonly targetMs: Millis; readonly roundMs: Millis | null }
  /** Records that could not be understood: how many, and the newest of them. */
  readonly quarantine: { readonly total: number; readonly records: readonly Quarantined[] }
}
export interface Status {
  readonly sources: readonly SourceStatus[]
}

export interface Check {
  /** `database`, `clock`, `source acme-tencent`, … */
  readonly name: string
  readonly state: 'ok' | 'warning' | 'fault'
  readonly says: string
  /** What to do; null when it is ok. */
  readonly cure: string | null
}

export interface SimulateAsk {
  /** 0: any free port. */
  readonly port: number
  readonly world:
    | { readonly kind: 'file'; readonly path: string }
    | { readonly kind: 'seed'; readonly seed: number; readonly groups: number; readonly accounts: number }
  /** Changes of the world a second while it runs. */
  readonly churn: number
  readonly faults: readonly { readonly name: string; readonly rate: number }[]
}
/** It serves until it is disposed of. */
export interface SimulateAnswer extends AsyncDisposable {
  readonly url: string
  /** A sources file for exactly this simulator, ready to copy. */
  readonly sourcesYaml: string
  /** What it holds: `300 groups, 12,000 memberships`. */
  readonly says: string
}

export interface DemoAsk {
  readonly once: boolean
  readonly port: number | null
}
export interface DemoAnswer extends AsyncDisposable {
  readonly data: DemoData
  /** How to call Rollcall on the demo's database: `npm run -s rollcall --`. */
  readonly command: string
  /** The web page that stays up until it is disposed of; null where there is none. */
  readonly url: string | null
}

/** A moment as JSON output writes it. */
export function jsonTime(at: Millis | null): Json {
  if (at === null) return null
  return Number.isFinite(at) ? new Date(at).toISOString() : 'infinity'
}

export interface RetainAsk {
  readonly sources: readonly string[]
  readonly dryRun: boolean
}

export interface ReportAsk {
  readonly report: Report
  readonly with: ReportWith
}
export type ReportAnswer = ReportTable
/** `take`: who takes the text of the one export instead of a file; false ends it. */
export interface ExportAsk extends StoredExportAsk {
  readonly take: ((text: string) => Promise<boolean>) | null
}
