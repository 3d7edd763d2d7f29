import { useData } from '../api.ts'
import { ago, change, count, dayText, nameOf, ZONE } from '../format.ts'
import { Ago, Badge, Card, Empty, Failed, Figure, Name, Time, Waiting } from '../parts/basics.tsx'
import { Chart, type Mark } from '../parts/chart.tsx'
import { accountHref, href, useFilters } from '../router.ts'
import type { GroupView, SeriesAnswer } from '../types.ts'
import { Coverage } from './groups.tsx'
import { GroupChanges } from './group-changes.tsx'
import { Resync } from './group-resync.tsx'
import { Roll } from './roll.tsx'

const DAY = 86_400_000

export function GroupPage({ source, groupId }: { source: string; groupId: string }) {
  const url = `/api/groups/${source}/${encodeURIComponent(groupId)}`
  const group = useData<GroupView>(url)
  const [read, write] = useFilters()
  const asked = Date.parse(read('at') ?? '')
  const at = Number.isFinite(asked) ? asked : null
  const series = useData<SeriesAnswer>(href(`${url}/series`, { zone: ZONE }))
  const reload = (): void => {
    group.reload()
    series.reload()
  }
  if (group.error !== null && group.data === null) return <Failed error={group.error} retry={reload} />
  if (group.data === null) return <Waiting lines={14} />
  const one = group.data
  const pick = (moment: number | null): void => write({ at: moment === null ? null : new Date(moment).toISOString() })
  return (
    <>
      <div class="page-head">
        <div class="page-title">
          <p class="crumb">
            <a href="/groups">Groups</a> / <a href={href('/groups', { source })}>{source}</a>
          </p>
          <h1>
            <Name>{nameOf(one.name, one.groupId)}</Name>
          </h1>
          <p class="lead tags">
            <code>{one.groupId}</code> <Badge>{one.type}</Badge> <Coverage of={one} />
            {one.muteAll === true && <Badge tone="warn">all muted</Badge>}
          </p>
        </div>
        <div class="tools">
          <Resync source={source} groupId={groupId} onDone={reload} />
        </div>
      </div>
      <Figures group={one} series={series.data} />
      <Card title="Size, joins and leaves" aside={<Legend />}>
        {series.error !== null && series.data === null ? (
          <Failed error={series.error} retry={series.reload} />
        ) : series.data === null ? (
          <div class="chart-place">
            <Waiting lines={4} />
          </div>
        ) : (
          <Curves group={one} series={series.data} at={at} onPick={pick} />
        )}
      </Card>
      <div class="columns wide-left">
        <Roll group={one} at={at} onPick={pick} url={url} />
        <GroupChanges source={source} groupId={groupId} seen={one.lastReadAt} />
      </div>
      <Details group={one} />
    </>
  )
}

const Legend = () => (
  <span class="legend-note">
    <i class="hatch" aria-hidden="true" /> not proven
  </span>
)

function Figures({ group, series }: { group: GroupView; series: SeriesAnswer | null }) {
  const month = (series?.steps ?? []).filter(({ at }) => Date.parse(at) > Date.now() - 30 * DAY)
  const moved = (what: 'joined' | 'left'): number => month.reduce((sum, step) => sum + step[what], 0)
  const since = new Date(Date.now() - 30 * DAY).toISOString()
  const feed = (kind: string): string =>
    href('/changes', {
      source: group.source,
      group: group.groupId,
      kind,
      joins: kind === 'joined' ? 'seen' : null,
      since,
    })
  const off = group.vendorCount !== null && group.vendorCount !== group.members && group.dissolvedAt === null
  return (
    <div class="figures">
      <Figure
        label="Members"
        value={count(group.members)}
        note={
          group.maxMembers === null
            ? off
              ? `the vendor counts ${count(group.vendorCount ?? 0)}`
              : ' '
            : `of at most ${count(group.maxMembers)}`
        }
        to="#roll"
      />
      <Figure
        label="Joined"
        value={series === null ? '…' : count(moved('joined'))}
        tone="good"
        note="in 30 days"
        to={feed('joined')}
      />
      <Figure
        label="Left"
        value={series === null ? '…' : count(moved('left'))}
        tone="bad"
        note={series === null ? 'in 30 days' : `net ${change(moved('joined') - moved('left'))} in 30 days`}
        to={feed('left')}
      />
      <Figure
        label="Proven since"
        value={group.provenFrom === null ? 'never' : dayText(group.provenFrom)}
        note={group.provenFrom === null ? 'no complete read yet' : 'the first complete read'}
        to="#reads"
      />
      <Figure
        label={group.dissolvedAt === null ? 'Last complete read' : 'Dissolved'}
        value={
          group.dissolvedAt !== null
            ? dayText(group.dissolvedAt)
            : group.completeAt === null
              ? 'never'
              : ago(group.completeAt)
        }
        note={group.unseen > 0 ? `${count(group.unseen)} members unconfirmed` : ' '}
        to="#reads"
      />
    </div>
  )
}

function Curves({
  group,
  series,
  at,
  onPick,
}: {
  group: GroupView
  series: SeriesAnswer
  at: number | null
  onPick: (at: number) => void
}) {
  const { steps, step } = series
  if (steps.length === 0) return <Empty title="Nothing to draw yet" />
  const times = steps.map((one) => Date.parse(one.at))
  const unproven = unprovenStretches(group, times)
  const clamp = (moment: number): void => onPick(Math.min(moment, Date.now()))
  return (
    <div class="curves">
      <Chart
        label={`Members over time, ${count(group.members)} now`}
        times={times}
        height={220}
        zero={false}
        exact={step === 'hour'}
        at={at}
        unproven={unproven}
        onPick={clamp}
        lines={[
          {
            label: 'Members',
            as: 'area',
            color: 'accent',
            values: steps.map((one) =>
              Date.parse(one.at) + (step === 'week' ? 7 : 1) * DAY < Date.parse(group.firstSeenAt) ? null : one.members,
            ),
          },
        ]}
      />
      <Chart
        label="Joins and leaves over time"
        times={times}
        height={130}
        exact={step === 'hour'}
        at={at}
        unproven={unproven}
        onPick={clamp}
        lines={[
          { label: 'Joined', as: 'bars', color: 'good', values: steps.map((one) => one.joined) },
          { label: 'Left', as: 'bars', color: 'bad', values: steps.map((one) => -one.left) },
        ]}
      />
    </div>
  )
}

const MOMENT = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/

const Attribute = ({ value }: { value: unknown }) =>
  typeof value === 'string' && MOMENT.test(value) ? (
    <Time at={value} />
  ) : (
    <bdi>{typeof value === 'string' ? value : JSON.stringify(value)}</bdi>
  )

/** Before the first complete read, and where reads that should have been complete were not. */
function unprovenStretches(group: GroupView, times: readonly number[]): Mark[] {
  const begin = times[0] ?? 0
  const end = Date.now()
  if (group.provenFrom === null) return [{ from: begin, to: end }]
  const marks: Mark[] = [{ from: begin, to: Date.parse(group.provenFrom) }]
  let last: number | null = null
  let broken = false
  for (const read of [...group.reads].reverse()) {
    if (read.outcome === 'complete' || read.outcome === 'gone') {
      if (broken && last !== null) marks.push({ from: last, to: Date.parse(read.endedAt) })
      last = Date.parse(read.endedAt)
      broken = false
    } else if (read.outcome !== 'unwalked') broken = true
  }
  if (broken && last !== null) marks.push({ from: last, to: end })
  return marks
}

function Details({ group }: { group: GroupView }) {
  const reads = group.reads.slice(0, 30)
  return (
    <div class="columns">
      <Card title="About this group">
        <dl class="facts wide">
          <div>
            <dt>Owner</dt>
            <dd>
              {group.ownerId === null ? (
                'none'
              ) : (
                <a href={accountHref(group.source, group.ownerId)}>
                  <bdi>{group.ownerId}</bdi>
                </a>
              )}
            </dd>
          </div>
          <div>
            <dt>Created</dt>
            <dd>{group.createdAt === null ? 'not known' : <Time at={group.createdAt} />}</dd>
          </div>
          <div>
            <dt>First seen</dt>
            <dd>
              <Time at={group.firstSeenAt} />
            </dd>
          </div>
          <div>
            <dt>Joining</dt>
            <dd>{group.joinMode ?? 'not known'}</dd>
          </div>
          {Object.entries(group.attributes ?? {}).map(([name, value]) => (
            <div key={name}>
              <dt>{name.replaceAll('_', ' ')}</dt>
              <dd>
                <Attribute value={value} />
              </dd>
            </div>
          ))}
        </dl>
      </Card>
      <Card title={<span id="reads">Reads</span>} label="Reads" aside={<span class="muted">newest first</span>} flush>
        {reads.length === 0 ? (
          <Empty title="No read of this group is on record" />
        ) : (
          <div class="scroll">
            <table class="table compact">
              <thead class="sr">
                <tr>
                  <th>Outcome</th>
                  <th>Rows</th>
                  <th>When</th>
                </tr>
              </thead>
              <tbody>
                {reads.map((one) => (
                  <tr key={one.runId}>
                    <td>
                      <a href={`/runs/${one.runId}`}>
                        <Badge
                          tone={
                            one.outcome === 'complete'
                              ? 'good'
                              : one.outcome === 'partial'
                                ? 'warn'
                                : ['gone', 'unlistable', 'unwalked'].includes(one.outcome)
                                  ? 'plain'
                                  : 'bad'
                          }
                          dot
                        >
                          {one.outcome}
                        </Badge>
                      </a>{' '}
                      {one.reason !== null && <small class="muted reason">{one.reason}</small>}
                    </td>
                    <td class="number">{count(one.rowsRead)} rows</td>
                    <td class="number muted">
                      <Ago at={one.endedAt} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Card>
    </div>
  )
}
