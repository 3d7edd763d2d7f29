import { useData } from '../api.ts'
import { ago, brief, change, count, plural, shortDayText, ZONE } from '../format.ts'
import { Ago, Badge, Card, Empty, Failed, Figure, Segments, Select, Waiting } from '../parts/basics.tsx'
import { Chart } from '../parts/chart.tsx'
import { Feed } from '../parts/feed.tsx'
import { Moves, Verdict } from '../parts/run-bits.tsx'
import { Spark } from '../parts/spark.tsx'
import { VendorMark, vendorName } from '../parts/source-name.tsx'
import { href, useFilters } from '../router.ts'
import type { ChangesAnswer, DaysAnswer, RunsAnswer, SourcesAnswer, SourceView } from '../types.ts'
import { useDaysOf } from './days.ts'

const RANGES = [
  ['14', '2 weeks'],
  ['60', '2 months'],
  ['365', '1 year'],
] as const

export function OverviewPage() {
  const [read, write] = useFilters()
  const only = read('source')
  const range = RANGES.find(([days]) => days === read('days'))?.[0] ?? '60'
  const { data, error, reload } = useData<SourcesAnswer>('/api/sources', { everyMs: 20_000 })
  const all = data?.sources ?? []
  const sources = only === null ? all : all.filter(({ name }) => name === only)
  const days = useDaysOf(
    sources.map(({ name }) => name),
    range,
    ZONE,
  )
  if (error !== null && data === null) return <Failed error={error} retry={reload} />
  return (
    <>
      <div class="page-head">
        <div>
          <h1>Overview</h1>
          <p class="lead">{data === null ? ' ' : freshness(sources)}</p>
        </div>
        <div class="tools">
          {all.length > 1 && (
            <Select
              label="Source"
              value={only ?? ''}
              options={[['', 'All sources'], ...all.map(({ name }) => [name, name] as const)]}
              onPick={(source) => write({ source })}
            />
          )}
          <Segments
            label="Range"
            value={range}
            options={RANGES}
            onPick={(value) => write({ days: value === '60' ? null : value })}
          />
        </div>
      </div>
      {data !== null && all.length === 0 ? (
        <Card>
          <Empty title="Nothing has been read yet">
            Name a source in rollcall.yaml and run “rollcall sync”, or look at simulated ones: “npm run demo”.
          </Empty>
        </Card>
      ) : (
        <>
          <Figures sources={sources} days={days} only={only} />
          <Growth days={days} proven={provenFrom(sources)} />
          <Sources sources={data === null ? null : sources} range={range} />
          <div class="columns">
            <Runs only={only} />
            <Changes only={only} />
          </div>
        </>
      )}
    </>
  )
}

function freshness(sources: readonly SourceView[]): string {
  const oldest = sources.flatMap(({ oldestComplete }) => (oldestComplete === null ? [] : [oldestComplete])).sort()[0]
  if (oldest === undefined) return 'No group has been read completely yet.'
  return `Every group that can be read was read completely ${ago(oldest)} or later.`
}

function Figures({
  sources,
  days,
  only,
}: {
  sources: readonly SourceView[]
  days: DaysAnswer['days'] | null
  only: string | null
}) {
  const sum = (of: (source: SourceView) => number): number => sources.reduce((all, source) => all + of(source), 0)
  const counted = daysCounted(days ?? [], provenFrom(sources))
  const moved = (what: 'joined' | 'left' | 'backlog'): number => counted.reduce((all, day) => all + day[what], 0)
  const since = counted[0]?.at ?? null
  const sinceText = since === null ? ' ' : `since ${shortDayText(since)}`
  const number = (n: number): string => (days === null ? '…' : count(n))
  const feed = (query: Readonly<Record<string, string>>): string => href('/changes', { source: only, since, ...query })
  const [stale, held] = [sum(({ stale: n }) => n), sum(({ held: n }) => n)]
  return (
    <div class="figures">
      <Figure
        label="Memberships"
        value={count(sum(({ members }) => members))}
        note={days === null ? ' ' : `${change(moved('joined') + moved('backlog') - moved('left'))} ${sinceText}`}
        to={href('/groups', { source: only })}
      />
      <Figure
        label="Groups"
        value={count(sum(({ groups }) => groups))}
        note={`${count(sum(({ dissolved }) => dissolved))} dissolved`}
        to={href('/groups', { source: only, sort: 'seen' })}
      />
      <Figure
        label="Joined"
        value={number(moved('joined'))}
        tone="good"
        note={sinceText}
        to={feed({ kind: 'joined', joins: 'seen' })}
      />
      <Figure
        label="Left"
        value={number(moved('left'))}
        tone="bad"
        note="each one proven"
        to={feed({ kind: 'left' })}
      />
      <Figure
        label="Found"
        value={number(moved('backlog'))}
        note="by a group’s first read"
        to={feed({ kind: 'joined', joins: 'found' })}
      />
      <Figure
        label="Not fresh"
        value={count(stale)}
        tone={stale > 0 ? 'warn' : 'plain'}
        note="not read for 24 h"
        to={href('/groups', { source: only, read: 'stale', sort: 'read', order: 'asc' })}
      />
      <Figure
        label="Held leaves"
        value={count(held)}
        tone={held > 0 ? 'warn' : 'plain'}
        note={held > 0 ? 'waiting for you' : 'nothing waits'}
        to="/held"
      />
    </div>
  )
}

/**
 * The days whose figures stand side by side: from the first one that began when all of these sources had been read, so
 * that what joined, left and was found makes up the growth.
 */
const daysCounted = (days: DaysAnswer['days'], proven: number): DaysAnswer['days'] =>
  days.filter(({ at }, n) => Date.parse(at) >= proven || n === days.length - 1)

/** When the first of these sources was first read: sizes before are those of who was still there then. */
const provenFrom = (sources: readonly SourceView[]): number =>
  Math.max(0, ...sources.flatMap((source) => (source.provenFrom === null ? [] : [Date.parse(source.provenFrom)])))

function Growth({ days, proven }: { days: DaysAnswer['days'] | null; proven: number }) {
  if (days === null) {
    return (
      <Card title="Members">
        <div class="chart-place">
          <Waiting lines={4} />
        </div>
      </Card>
    )
  }
  const times = days.map(({ at }) => Date.parse(at))
  const last = days.at(-1)
  const unproven = [{ from: times[0] ?? 0, to: proven }]
  return (
    <div class="columns wide-left">
      <Card
        title="Members"
        aside={
          <span class="legend-note">
            <i class="hatch" aria-hidden="true" /> not proven
          </span>
        }
      >
        <Chart
          label={`Members by day, ${count(last?.members ?? 0)} at the end`}
          times={times}
          height={250}
          zero={false}
          unproven={unproven}
          lines={[{ label: 'Members', as: 'area', color: 'accent', values: days.map(({ members }) => members) }]}
        />
      </Card>
      <Card title="Joins and leaves a day">
        <Chart
          label="Joins and leaves by day"
          times={times}
          height={250}
          lines={[
            { label: 'Joined', as: 'bars', color: 'good', values: days.map(({ joined }) => joined) },
            { label: 'Left', as: 'bars', color: 'bad', values: days.map(({ left }) => -left) },
          ]}
        />
      </Card>
    </div>
  )
}

function Sources({ sources, range }: { sources: readonly SourceView[] | null; range: string }) {
  return (
    <section aria-label="Sources">
      <h2 class="section">Sources</h2>
      <div class="sources">
        {sources === null ? (
          <Card>
            <Waiting />
          </Card>
        ) : (
          sources.map((source) => <SourceCard key={source.name} source={source} range={range} />)
        )}
      </div>
    </section>
  )
}

function SourceCard({ source, range }: { source: SourceView; range: string }) {
  const days = useDaysOf([source.name], range, ZONE)
  const { lastRun, calls } = source
  const tone = source.oldestComplete === null ? 'warn' : source.stale > 0 ? 'warn' : 'good'
  return (
    <Card label={source.name}>
      <div class="source-head">
        <VendorMark vendor={source.vendor} />
        <div>
          <h3>
            <a href={href('/groups', { source: source.name })}>{source.name}</a>
          </h3>
          <p class="muted">{vendorName(source.vendor)}</p>
        </div>
        <a
          href={href('/groups', {
            source: source.name,
            ...(source.stale > 0 ? { read: 'stale' } : {}),
            sort: 'read',
            order: source.stale > 0 ? 'asc' : 'desc',
          })}
        >
          <Badge tone={tone} dot>
            {source.newestRead === null
              ? 'never read'
              : source.stale > 0
                ? `${brief(source.stale)} not fresh`
                : ago(source.newestRead)}
          </Badge>
        </a>
      </div>
      <Spark values={(days ?? []).map(({ members }) => members)} label={`Members of ${source.name}`} />
      <dl class="facts">
        <div>
          <dt>Members</dt>
          <dd>
            <a href={href('/groups', { source: source.name })}>{count(source.members)}</a>
          </dd>
        </div>
        <div>
          <dt>Groups</dt>
          <dd>
            <a href={href('/groups', { source: source.name, sort: 'seen' })}>{count(source.groups)}</a>
            {source.uncovered > 0 && (
              <a
                class="small"
                href={href('/groups', { source: source.name, coverage: 'partial,none' })}
                title="No call lists their members, or they were never read completely"
              >
                {brief(source.uncovered)} unproven
              </a>
            )}
          </dd>
        </div>
        <div>
          <dt>Last run</dt>
          <dd>
            {lastRun === null ? (
              'none'
            ) : (
              <a href={`/runs/${lastRun.id}`}>
                <Verdict of={lastRun.verdict} />
              </a>
            )}
          </dd>
        </div>
        <div>
          <dt>Next run</dt>
          <dd>{source.nextRun === null ? <span class="muted">on demand</span> : <Ago at={source.nextRun} />}</dd>
        </div>
      </dl>
      {calls.length > 0 && <Quota calls={calls} />}
    </Card>
  )
}

const DAY_SECONDS = 86_400

/** Calls of the last day, and how much of what a day allows they are. */
function Quota({ calls }: { calls: SourceView['calls'] }) {
  const most = Math.max(...calls.map((one) => one.calls), 1)
  return (
    <details class="quota">
      <summary>
        {plural(
          calls.reduce((sum, one) => sum + one.calls, 0),
          'call',
        )}{' '}
        in the last day
      </summary>
      <table class="small-table">
        <tbody>
          {calls.map(({ endpoint, calls: made, perSecond }) => (
            <tr key={endpoint}>
              <th scope="row">{endpoint}</th>
              <td class="bar-cell">
                <i class="bar" style={{ width: `${(made / most) * 100}%` }} />
              </td>
              <td class="number">{brief(made)}</td>
              <td class="number muted">
                {perSecond === null ? '' : `${((made / (perSecond * DAY_SECONDS)) * 100).toFixed(2)} % of quota`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}

function Runs({ only }: { only: string | null }) {
  const { data, error, reload } = useData<RunsAnswer>(href('/api/runs', { source: only, limit: 8 }), {
    everyMs: 10_000,
  })
  return (
    <Card title="Newest runs" aside={<a href={href('/runs', { source: only })}>All runs</a>} flush>
      {error !== null && data === null ? (
        <Failed error={error} retry={reload} />
      ) : data === null ? (
        <Waiting />
      ) : (
        <table class="table compact">
          <thead class="sr">
            <tr>
              <th>Run</th>
              <th>Verdict</th>
              <th>Changes</th>
              <th>When</th>
            </tr>
          </thead>
          <tbody>
            {data.runs.map((run) => (
              <tr key={run.id}>
                <td>
                  <a href={`/runs/${run.id}`}>{run.source}</a>
                </td>
                <td>
                  <Verdict of={run.verdict} />
                </td>
                <td class="number">
                  <Moves of={run} />
                </td>
                <td class="number muted">
                  <Ago at={run.startedAt} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Card>
  )
}

function Changes({ only }: { only: string | null }) {
  const { data, error, reload } = useData<ChangesAnswer>(href('/api/changes', { source: only, limit: 7 }), {
    everyMs: 10_000,
  })
  return (
    <Card title="Newest changes" aside={<a href={href('/changes', { source: only })}>All changes</a>}>
      {error !== null && data === null ? (
        <Failed error={error} retry={reload} />
      ) : data === null ? (
        <Waiting />
      ) : data.changes.length === 0 ? (
        <Empty title="No change yet" />
      ) : (
        <Feed changes={data.changes} />
      )}
    </Card>
  )
}
