import { useData, usePages } from '../api.ts'
import { brief, count, lasting, nameOf, plural } from '../format.ts'
import { Badge, Card, Empty, Failed, Figure, More, Time, type Tone, Waiting } from '../parts/basics.tsx'
import { foundBy, RunProgress, Verdict } from '../parts/run-bits.tsx'
import { groupHref, href, useFilters } from '../router.ts'
import type { RunAnswer, RunGroupsAnswer } from '../types.ts'

const TONES: Readonly<Record<RunAnswer['outcomes'][number]['outcome'], Tone>> = {
  complete: 'good',
  partial: 'warn',
  gone: 'plain',
  forbidden: 'bad',
  unlistable: 'plain',
  unwalked: 'plain',
  failed: 'bad',
}

export function RunPage({ id }: { id: string }) {
  const { data: run, error, reload } = useData<RunAnswer>(`/api/runs/${encodeURIComponent(id)}`, { everyMs: 3000 })
  const [read, write] = useFilters()
  const outcome = read('outcome')
  const list = usePages<RunGroupsAnswer>(href(`/api/runs/${encodeURIComponent(id)}/groups`, { outcome }))
  const again = (): void => {
    reload()
    list.reload()
  }
  if (error !== null && run === null) return <Failed error={error} retry={again} />
  if (run === null) return <Waiting lines={14} />
  const groups = list.pages.flatMap((page) => page.groups)
  const calls = Object.entries(run.calls).sort(([, a], [, b]) => b - a)
  const total = calls.reduce((sum, [, made]) => sum + made, 0)
  return (
    <>
      <div class="page-head">
        <div class="page-title">
          <p class="crumb">
            <a href="/runs">Runs</a> / <a href={href('/runs', { source: run.source })}>{run.source}</a>
          </p>
          <h1>Run {run.id}</h1>
          <p class="lead tags">
            <Verdict of={run.verdict} /> <RunProgress run={run} />{' '}
            <span>
              {run.trigger}, <Time at={run.startedAt} />
            </span>
          </p>
          {run.reason !== null && <p class="note warn">{run.reason}</p>}
        </div>
      </div>
      <div class="figures">
        <Figure
          label="Groups"
          value={count(run.groups.seen)}
          note={`${count(run.groups.unchanged)} unchanged${run.groups.unwalked > 0 ? `, ${count(run.groups.unwalked)} not walked` : ''}`}
          to="#groups"
        />
        <Figure label="Members read" value={brief(run.members.read)} to="#groups" />
        <Figure
          label="Joined"
          value={count(run.members.joined)}
          tone="good"
          note="first reads included"
          to={foundBy(run.id, 'joined')}
        />
        <Figure label="Left" value={count(run.members.left)} tone="bad" to={foundBy(run.id, 'left')} />
        <Figure
          label="Changed"
          value={count(run.members.changed)}
          note="roles, cards, mutes"
          to={foundBy(run.id, 'role,name_card,muted,attributes')}
        />
        {run.members.held > 0 && (
          <Figure label="Held back" value={count(run.members.held)} tone="warn" note="by a guard" to="/held" />
        )}
        <Figure
          label="Calls"
          value={brief(total)}
          note={run.rateLimited > 0 ? `${count(run.rateLimited)} refused as too fast` : 'none refused'}
          to="#calls"
        />
        <Figure label="Took" value={run.durationMs === null ? '…' : lasting(run.durationMs)} />
      </div>
      <div class="columns wide-left">
        <Card
          title={<span id="groups">Groups</span>}
          label="Groups"
          flush
          aside={
            <div class="chips tight" role="group" aria-label="Outcomes">
              {run.outcomes.map((one) => (
                <button
                  type="button"
                  class="chip"
                  key={one.outcome}
                  aria-pressed={outcome === one.outcome}
                  onClick={() => write({ outcome: outcome === one.outcome ? null : one.outcome })}
                >
                  {one.outcome} <small>{count(one.groups)}</small>
                </button>
              ))}
            </div>
          }
        >
          {list.error !== null && groups.length === 0 ? (
            <Failed error={list.error} retry={list.reload} />
          ) : list.data === null ? (
            <Waiting lines={10} />
          ) : groups.length === 0 ? (
            <Empty title={run.finishedAt === null ? 'No group has been read yet' : 'No group was read in this run'}>
              Groups appear here as they are read.
            </Empty>
          ) : (
            <div class={list.stale ? 'stale' : undefined}>
              <table class="table compact">
                <thead>
                  <tr>
                    <th>Group</th>
                    <th>Outcome</th>
                    <th class="number">Rows</th>
                    <th class="number hide-phone">Calls</th>
                  </tr>
                </thead>
                <tbody>
                  {groups.map((one) => (
                    <tr key={one.groupId}>
                      <td>
                        <a class="two-lines" href={groupHref(run.source, one.groupId)}>
                          <bdi class="strong">{nameOf(one.name, one.groupId)}</bdi>
                          {one.reason !== null && <small class="reason">{one.reason}</small>}
                        </a>
                      </td>
                      <td>
                        <Badge tone={TONES[one.outcome]} dot>
                          {one.outcome}
                        </Badge>
                      </td>
                      <td class="number">
                        {count(one.rowsRead)}
                        {one.vendorCount !== null && one.vendorCount !== one.rowsRead && (
                          <small class="muted"> of {count(one.vendorCount)}</small>
                        )}
                      </td>
                      <td class="number muted hide-phone">
                        {count(one.calls)}
                        {one.passes > 1 && <small> · {plural(one.passes, 'pass', 'passes')}</small>}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
              <More {...list} />
            </div>
          )}
        </Card>
        <Card title={<span id="calls">Calls per endpoint</span>} label="Calls per endpoint">
          {calls.length === 0 ? (
            <Empty title="No call yet" />
          ) : (
            <table class="small-table">
              <tbody>
                {calls.map(([endpoint, made]) => (
                  <tr key={endpoint}>
                    <th scope="row">{endpoint}</th>
                    <td class="bar-cell">
                      <i class="bar" style={{ width: `${(made / (calls[0]?.[1] ?? 1)) * 100}%` }} />
                    </td>
                    <td class="number">{count(made)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </Card>
      </div>
    </>
  )
}
