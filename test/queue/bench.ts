import { JOBS } from '../../jobs/index.ts'
import type { Config, SourceConfig } from '../../src/config.ts'
import { createContext } from '../../src/context.ts'
import { ENDPOINTS, type VendorKind } from '../../src/core/endpoints.ts'
import { createLog } from '../../src/log.ts'
import { openService, type ServiceDeps } from '../../src/queue/service.ts'
import type { RetainRule } from '../../src/sync/retain.ts'
import type { Fresh } from '../../src/sync/shared/types.ts'
import { OperatorError } from '../../src/core/errors.ts'
import type { JobKind } from '../../src/queue/types.ts'
import type { SyncSource } from '../../src/sync/types.ts'
import { DIALECTS } from '../support/dialects.ts'

/** How the processes of a test find each other: everything a worker needs, as JSON on its command line. */
export interface Setting {
  readonly databaseUrl: string
  readonly redisUrl: string | null
  readonly prefix: string
  readonly vendorUrl: string
  /** Default `tencent`. */
  readonly vendor?: VendorKind
  /** Whose lists of groups are read; by default the app's own list is. */
  readonly accounts?: readonly string[]
  /** Their names; all of them are the same app. Default: just `acme`. */
  readonly sources?: readonly string[]
  readonly rates?: Readonly<Record<string, number>>
  readonly logLevel?: string
  readonly fresh?: readonly Fresh[]
  pseudonymKey?: string
  readonly pseudonymize?: boolean
  readonly retain?: readonly RetainRule[]
  readonly fullEveryMs?: number
  /** Default 10 s. */
  readonly timeoutMs?: number
  /** How long a statement may stay unanswered; default as for users. */
  readonly silenceMs?: number
}

export function configOf(setting: Setting): Config {
  return {
    configPath: 'test',
    sources: (setting.sources ?? ['acme']).map((name) => sourceOf(setting, name)),
    databaseUrl: setting.databaseUrl,
    dataDir: '.rollcall',
    redisUrl: setting.redisUrl,
    logLevel: 'info',
    http: { host: '127.0.0.1', port: 0, token: null, queues: 'read' },
    pseudonymKey: setting.pseudonymKey ?? null,
    otlpEndpoint: null,
  }
}

function sourceOf(setting: Setting, name: string): SourceConfig {
  const { vendor = 'tencent', accounts, vendorUrl } = setting
  const fast = Object.keys(ENDPOINTS[vendor]).map((endpoint) => [endpoint, 1000])
  const common = {
    name,
    baseUrl: vendorUrl,
    discover: { accounts: accounts ?? [], allGroups: accounts === undefined, groups: [], expand: 'none' },
    rateShare: 1,
    rates: { ...(Object.fromEntries(fast) as Record<string, number>), ...setting.rates },
    timeoutMs: setting.timeoutMs ?? 10_000,
    schedule: null,
    pseudonymize: setting.pseudonymize ?? false,
    timezone: 'UTC',
    overlap: 'skip',
    fullEveryMs: setting.fullEveryMs ?? null,
    freshness: null,
    webhook: null,
    leaveGuard: { count: 50, percent: 30 },
    retain: { history: null, reads: null },
    dissolveGuard: { count: 20, percent: 20 },
  } as const
  const app = DIALECTS[vendor].config(vendorUrl)
  switch (app.vendor) {
    case 'tencent':
      return { ...common, ...app, groupTypes: null, customFields: { group: null, member: null } }
    case 'easemob':
      return { ...common, ...app }
    case 'yunxin':
      return { ...common, ...app, teamTypes: [1, 2] }
  }
}

/** What a process is built from besides its setting: its source and its jobs, to be wrapped at their seams. */
export interface Seams {
  readonly source: (source: SyncSource & AsyncDisposable) => SyncSource & AsyncDisposable
  readonly job: (kind: JobKind) => JobKind
}
const PLAIN: Seams = { source: (source) => source, job: (kind) => kind }

/** Context and queue of one process. */
export async function openProcess(setting: Setting, seams: Seams = PLAIN) {
  const config = configOf(setting)
  const log = createLog({ level: setting.logLevel ?? 'silent', secrets: DIALECTS[setting.vendor ?? 'tencent'].secrets })
  const context = await createContext(config, {
    log,
    redisPrefix: setting.prefix,
    ...(setting.silenceMs === undefined ? {} : { silenceMs: setting.silenceMs }),
  })
  const deps: ServiceDeps = {
    pool: context.pool,
    runs: context.runs,
    clock: context.clock,
    log,
    ...(setting.fresh === undefined ? {} : { fresh: setting.fresh }),
    ...(setting.retain === undefined ? {} : { retain: setting.retain }),
    openSource(name, options) {
      const found = config.sources.find((one) => one.name === name)
      if (found === undefined) throw new OperatorError(`no source ${name} here`)
      return seams.source(context.openSource(found, options))
    },
  }
  const service = await openService(
    { redisUrl: setting.redisUrl, databaseUrl: context.databaseUrl, prefix: setting.prefix },
    deps,
    JOBS.map((kind) => seams.job(kind)),
  )
  return {
    context,
    deps,
    service,
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]()
      await context[Symbol.asyncDispose]()
    },
  }
}
