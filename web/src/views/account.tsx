import { useData, usePages } from '../api.ts'
import { count, dayText, lasting, nameOf, timeText } from '../format.ts'
import { Ago, Badge, Card, Empty, Failed, Figure, More, Name, Time, Waiting } from '../parts/basics.tsx'
import { Feed } from '../parts/feed.tsx'
import { groupHref, href } from '../router.ts'
import type { AccountAnswer, ChangesAnswer, StayView } from '../types.ts'

export function AccountPage({ source, accountId }: { source: string; accountId: string }) {
  const { data, error, reload } = useData<AccountAnswer>(`/api/accounts/${source}/${encodeURIComponent(accountId)}`)
  const list = usePages<ChangesAnswer>(href('/api/changes', { source, account: accountId, limit: 30 }))
  const again = (): void => {
    reload()
    list.reload()
  }
  if (error !== null && data === null) return <Failed error={error} retry={again} />
  if (data === null) return <Waiting lines={14} />
  const { stays } = data
  const now = Date.parse(data.now)
  const lasts = stays.filter(({ endAt }) => endAt === null)
  const first = stays.map(({ startAt }) => startAt).sort()[0]
  const changes = list.pages.flatMap((page) => page.changes)
  return (
    <>
      <div class="page-head">
        <div class="page-title">
          <p class="crumb">
            <a href={href('/groups', { source })}>{source}</a> / account
          </p>
          <h1>
            <Name>{accountId}</Name>
          </h1>
        </div>
      </div>
      <div class="figures">
        <Figure label="Groups now" value={count(lasts.length)} to="#groups" />
        <Figure
          label="Stays in all"
          value={`${count(stays.length)}${data.more ? '+' : ''}`}
          note={`in ${count(new Set(stays.map(({ groupId }) => groupId)).size)} groups`}
          to="#stays"
        />
        <Figure
          label="Leads"
          value={count(lasts.filter(({ role }) => role !== 'member').length)}
          note="as owner or admin"
          to="#groups"
        />
        <Figure label="First seen" value={first === undefined ? '' : dayText(first)} to="#stays" />
      </div>
      <Card
        title={<span id="stays">Stays</span>}
        label="Stays"
        aside={
          <span class="legend-note">
            <i class="hatch" aria-hidden="true" /> somewhere in between
          </span>
        }
      >
        <TimeLine stays={stays} source={source} now={now} />
      </Card>
      <div class="columns">
        <Card title={<span id="groups">Groups</span>} label="Groups" flush>
          <div class="scroll tall" tabIndex={0} role="region" aria-label="Groups of this account">
            <table class="table compact">
              <thead>
                <tr>
                  <th>Group</th>
                  <th class="hide-phone">From</th>
                  <th>Until</th>
                </tr>
              </thead>
              <tbody>
                {stays.map((stay) => (
                  <tr key={`${stay.groupId} ${stay.startAt}`}>
                    <td>
                      <a class="two-lines" href={groupHref(source, stay.groupId)}>
                        <bdi class="strong">{nameOf(stay.name, stay.groupId)}</bdi>
                        <small>
                          {stay.role === 'member' ? stay.type : `${stay.role} · ${stay.type}`}
                          <span class="only-phone">
                            {' '}
                            · from <Time at={stay.startAt} />
                          </span>
                        </small>
                      </a>
                    </td>
                    <td class="muted hide-phone">
                      <Time at={stay.startAt} />
                    </td>
                    <td class="muted">
                      {stay.endAt === null ? (
                        <Badge tone="good" dot>
                          still in
                        </Badge>
                      ) : (
                        <Ago at={stay.endAt} />
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </Card>
        <Card title="Changes">
          {list.error !== null && changes.length === 0 ? (
            <Failed error={list.error} retry={list.reload} />
          ) : list.data === null ? (
            <Waiting lines={8} />
          ) : changes.length === 0 ? (
            <Empty title="No change yet" />
          ) : (
            <div class="scroll tall" tabIndex={0} role="region" aria-label="Changes of this account">
              <Feed changes={changes} />
              <More {...list} />
            </div>
          )}
        </Card>
      </div>
    </>
  )
}

const ROWS = 40

/** A row a group, a bar a stay; hatched where a stay began or ended at a moment between two reads. */
function TimeLine({ stays, source, now }: { stays: readonly StayView[]; source: string; now: number }) {
  const seen = stays.flatMap((stay) => [
    Date.parse(stay.startAt),
    ...(stay.startNotBefore === null ? [] : [Date.parse(stay.startNotBefore)]),
  ])
  const oldest = Math.min(...seen)
  const begin = Math.min(oldest, now - 86_400_000) - (now - oldest) * 0.02
  const groups = [...byGroup(stays)]
  const x = (at: string | null): number => (((at === null ? now : Date.parse(at)) - begin) / (now - begin)) * 100
  const marks = [0, 0.25, 0.5, 0.75].map((share) => begin + (now - begin) * share)
  return (
    <div class="timeline">
      {groups.slice(0, ROWS).map(([groupId, theirs]) => (
        <div class="timeline-row" key={groupId}>
          <a href={groupHref(source, groupId)}>
            <bdi>{nameOf(theirs[0]?.name ?? null, groupId)}</bdi>
          </a>
          <svg viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label={theirs.map(stayText).join('; ')}>
            {theirs.map((stay) => (
              <Bar key={stay.startAt} stay={stay} x={x} />
            ))}
          </svg>
        </div>
      ))}
      <div class="timeline-row timeline-axis" aria-hidden="true">
        <span />
        <div>
          {marks.map((at) => (
            <span key={at}>{dayText(at)}</span>
          ))}
          <span>now</span>
        </div>
      </div>
      {groups.length > ROWS && <p class="muted">and {count(groups.length - ROWS)} more groups below</p>}
    </div>
  )
}

function byGroup(stays: readonly StayView[]): Map<string, StayView[]> {
  const groups = new Map<string, StayView[]>()
  for (const stay of stays) groups.set(stay.groupId, [...(groups.get(stay.groupId) ?? []), stay])
  return groups
}

function Bar({ stay, x }: { stay: StayView; x: (at: string | null) => number }) {
  const [from, to] = [x(stay.startAt), x(stay.endAt)]
  const sureTo = stay.endNotBefore === null ? to : Math.max(from, x(stay.endNotBefore))
  const early =
    stay.startNotBefore !== null && stay.joinedAt !== stay.startAt ? Math.min(from, x(stay.startNotBefore)) : from
  const ended = stay.endAt === null ? '' : ' ended'
  return (
    <g>
      <title>{stayText(stay)}</title>
      {early < from && <rect class="stay unsure" x={early} y="2.500" width={from - early} height="5" />}
      <rect class={`stay ${stay.role}${ended}`} x={from} y="1" width={Math.max(0.35, sureTo - from)} height="8" />
      {to > sureTo && <rect class="stay unsure" x={sureTo} y="2.500" width={Math.max(0.25, to - sureTo)} height="5" />}
    </g>
  )
}

const stayText = (stay: StayView): string =>
  stay.endAt === null
    ? `in since ${timeText(stay.startAt)}`
    : `in from ${timeText(stay.startAt)} to ${timeText(stay.endAt)} (${lasting(Date.parse(stay.endAt) - Date.parse(stay.startAt))})`
