import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'
import type { HookCounts } from './hooks.ts'
import { HOOK_OUTCOMES, type HttpDeps } from './types.ts'

/** Every metric of Rollcall's own; docs/metrics.md is checked against this table. */
export const METRICS = [
  ['gauge', 'rollcall_database_up', 'Whether the database answers.', []],
  ['gauge', 'rollcall_queue_up', 'Whether the queue answers.', []],
  ['gauge', 'rollcall_queue_jobs', 'Jobs in the queue, by state.', ['state']],
  ['gauge', 'rollcall_database_connections', 'Connections of this process, by state (open, idle, waiting).', ['state']],
  [
    'gauge',
    'rollcall_oldest_complete_read_seconds',
    'Age of the oldest complete read among the groups of a source.',
    ['source'],
  ],
  ['gauge', 'rollcall_newest_read_seconds', 'Age of the newest read of a source.', ['source']],
  ['gauge', 'rollcall_next_run_timestamp_seconds', 'When the schedule runs a source next.', ['source']],
  [
    'gauge',
    'rollcall_last_run_finished_timestamp_seconds',
    'When a run of a source ended last, by verdict.',
    ['source', 'verdict'],
  ],
  [
    'gauge',
    'rollcall_groups',
    'Groups of a source, by state (standing, dissolved, stale, uncovered).',
    ['source', 'state'],
  ],
  ['gauge', 'rollcall_members', 'Memberships of a source now.', ['source']],
  ['gauge', 'rollcall_held_leaves', 'Leaves that a guard holds back.', ['source']],
  ['counter', 'rollcall_runs_total', 'Finished runs, by verdict.', ['source', 'verdict']],
  [
    'counter',
    'rollcall_run_duration_seconds_total',
    'Time that finished runs took, by verdict.',
    ['source', 'verdict'],
  ],
  ['counter', 'rollcall_group_reads_total', 'Groups of finished runs, by outcome.', ['source', 'outcome']],
  ['counter', 'rollcall_changes_total', 'Joins and leaves found.', ['source', 'kind']],
  ['counter', 'rollcall_calls_total', 'Calls to the vendor, by endpoint.', ['source', 'endpoint']],
  ['counter', 'rollcall_calls_refused_total', 'Calls that the vendor refused as too fast.', ['source']],
  [
    'counter',
    'rollcall_webhooks_total',
    'Webhook requests to this process, by what came of them.',
    ['source', 'outcome'],
  ],
  ['counter', 'rollcall_retention_rows_total', 'Rows that retention has dropped, by kind.', ['source', 'kind']],
  [
    'gauge',
    'rollcall_retention_finished_timestamp_seconds',
    'When a pass of retention of a source ended last.',
    ['source'],
  ],
  [
    'gauge',
    'rollcall_call_limit_per_second',
    'Calls a second this worker may make, by endpoint.',
    ['source', 'endpoint'],
  ],
] as const satisfies readonly (readonly ['gauge' | 'counter', string, string, readonly string[]])[]
type Name = (typeof METRICS)[number][1]

type Say = (name: Name, labels: Readonly<Record<string, string>>, value: number) => void

/** GET /metrics: what the database knows of the sources, asked when somebody scrapes, and this process. */
export function serveMetrics(app: FastifyInstance, deps: HttpDeps, hooks: HookCounts): void {
  const ofProcess = new Registry()
  collectDefaultMetrics({ register: ofProcess, prefix: 'rollcall_' })
  app.get('/metrics', { schema: { hide: true } }, async (_, reply) => {
    const registry = new Registry()
    const known = new Map<string, Gauge | Counter>()
    for (const [kind, name, help, labels] of METRICS) {
      const settings = { name, help, labelNames: [...labels], registers: [registry] }
      known.set(name, kind === 'gauge' ? new Gauge(settings) : new Counter(settings))
    }
    const said = new Set<string>()
    const say: Say = (name, labels, value) => {
      said.add(name)
      known.get(name)?.inc(labels, value)
    }
    for (const [source, outcomes] of hooks)
      for (const outcome of HOOK_OUTCOMES)
        say('rollcall_webhooks_total', { source, outcome }, outcomes.get(outcome) ?? 0)
    await collect(deps, say)
    for (const name of known.keys()) if (!said.has(name)) registry.removeSingleMetric(name)
    return reply
      .type(registry.contentType)
      .serializer((text: string) => text)
      .send(`${await registry.metrics()}\n${await ofProcess.metrics()}`)
  })
}

async function collect(deps: HttpDeps, say: Say): Promise<void> {
  const { queue, data } = deps
  if (queue !== null) {
    const counts = await queue.counts().catch(() => null)
    say('rollcall_queue_up', {}, counts === null ? 0 : 1)
    for (const [state, jobs] of Object.entries(counts ?? {})) say('rollcall_queue_jobs', { state }, jobs)
  }
  for (const [state, n] of Object.entries(data.connections())) say('rollcall_database_connections', { state }, n)
  const now = await data.now().catch(() => null)
  say('rollcall_database_up', {}, now === null ? 0 : 1)
  if (now === null) return
  await ofSources(deps, say, now)
  await ofRuns(deps, say)
}

async function ofSources({ data, sources, held }: HttpDeps, say: Say, now: number): Promise<void> {
  const age = (at: string | null): number | null => (at === null ? null : Math.max(0, (now - Date.parse(at)) / 1000))
  for (const { name: source, ...one } of await data.sources()) {
    const [oldest, newest] = [age(one.oldestComplete), age(one.newestRead)]
    if (oldest !== null) say('rollcall_oldest_complete_read_seconds', { source }, oldest)
    if (newest !== null) say('rollcall_newest_read_seconds', { source }, newest)
    say('rollcall_groups', { source, state: 'standing' }, one.groups)
    say('rollcall_groups', { source, state: 'dissolved' }, one.dissolved)
    say('rollcall_groups', { source, state: 'stale' }, one.stale)
    say('rollcall_groups', { source, state: 'uncovered' }, one.uncovered)
    say('rollcall_members', { source }, one.members)
    if (held !== null) say('rollcall_held_leaves', { source }, 0)
  }
  for (const { source, count } of held === null ? [] : await held.list()) say('rollcall_held_leaves', { source }, count)
  for (const { name: source, rates, nextRun } of sources) {
    const next = nextRun(now)
    if (next !== null) say('rollcall_next_run_timestamp_seconds', { source }, next / 1000)
    for (const [endpoint, rate] of Object.entries(rates))
      if (Number.isFinite(rate)) say('rollcall_call_limit_per_second', { source, endpoint }, rate)
  }
}

async function ofRuns({ data }: HttpDeps, say: Say): Promise<void> {
  for (const { source, verdict, ...one } of await data.runTotals()) {
    say('rollcall_runs_total', { source, verdict }, one.runs)
    say('rollcall_run_duration_seconds_total', { source, verdict }, one.durationMs / 1000)
    say('rollcall_last_run_finished_timestamp_seconds', { source, verdict }, Date.parse(one.lastFinishedAt) / 1000)
    for (const outcome of ['complete', 'partial', 'gone', 'failed', 'unwalked'] as const)
      say('rollcall_group_reads_total', { source, outcome }, one[outcome])
    say('rollcall_changes_total', { source, kind: 'joined' }, one.joined)
    say('rollcall_changes_total', { source, kind: 'left' }, one.left)
    say('rollcall_calls_refused_total', { source }, one.rateLimited)
  }
  for (const { source, endedAt, ...dropped } of await data.retention()) {
    for (const kind of ['stays', 'edits', 'events', 'reads'] as const)
      say('rollcall_retention_rows_total', { source, kind }, dropped[kind])
    if (endedAt !== null) say('rollcall_retention_finished_timestamp_seconds', { source }, Date.parse(endedAt) / 1000)
  }
  for (const { source, endpoint, calls } of await data.callTotals())
    say('rollcall_calls_total', { source, endpoint }, calls)
}
