import { useState } from 'preact/hooks'
import { useData, useEvents, usePages } from '../api.ts'
import { brief, count, lasting } from '../format.ts'
import { Ago, Card, Empty, Failed, More, Segments, Select, Waiting } from '../parts/basics.tsx'
import { Moves, RunProgress, Verdict } from '../parts/run-bits.tsx'
import { go, href, useFilters } from '../router.ts'
import type { RunsAnswer, RunView, SourcesAnswer } from '../types.ts'

const VERDICTS = [
  ['', 'All'],
  ['running', 'Running'],
  ['complete', 'Complete'],
  ['partial', 'Partial'],
  ['failed', 'Failed'],
] as const

export function RunsPage() {
  const [read, write] = useFilters()
  const [source, verdict] = [read('source'), VERDICTS.find(([one]) => one === read('verdict'))?.[0] ?? '']
  const { data: sources } = useData<SourcesAnswer>('/api/sources')
  const list = usePages<RunsAnswer>(href('/api/runs', { source, verdict }))
  const [live, setLive] = useState<readonly RunView[]>([])
  useEvents<{ runs: readonly RunView[] }>('/api/runs/events', ({ runs }) => setLive(runs))
  const fits = (run: RunView): boolean =>
    (source === null || run.source === source) &&
    (verdict === '' || (verdict === 'running' ? run.verdict === null : run.verdict === verdict))
  const all = new Map(list.pages.flatMap((page) => page.runs).map((run) => [run.id, run]))
  for (const run of live) if (fits(run)) all.set(run.id, run)
  const runs = [...all.values()].filter(fits).sort((a, b) => b.id - a.id)
  return (
    <>
      <div class="page-head">
        <div>
          <h1>Runs</h1>
          <p class="lead">
            <i class="live" aria-hidden="true" /> Live: each run as it goes.
          </p>
        </div>
        <div class="tools">
          <Select
            label="Source"
            value={source ?? ''}
            options={[['', 'All sources'], ...(sources?.sources ?? []).map(({ name }) => [name, name] as const)]}
            onPick={(value) => write({ source: value })}
          />
          <Segments label="Verdict" value={verdict} options={VERDICTS} onPick={(value) => write({ verdict: value })} />
        </div>
      </div>
      <Card flush label="Runs">
        {list.error !== null && runs.length === 0 ? (
          <Failed error={list.error} retry={list.reload} />
        ) : list.data === null ? (
          <Waiting lines={12} />
        ) : runs.length === 0 ? (
          <Empty icon="runs" title="No run fits" />
        ) : (
          <div class="table-wrap">
            <table class="table">
              <thead>
                <tr>
                  <th>Run</th>
                  <th>Verdict</th>
                  <th class="number hide-phone">Groups</th>
                  <th class="number hide-narrow">Members read</th>
                  <th class="number">Changes</th>
                  <th class="number hide-narrow">Calls</th>
                  <th class="number hide-phone">Took</th>
                  <th class="number">Began</th>
                </tr>
              </thead>
              <tbody>
                {runs.map((run) => (
                  <tr
                    key={run.id}
                    class="row-link"
                    onClick={(event) => {
                      if (!(event.target instanceof HTMLAnchorElement)) go(`/runs/${run.id}`)
                    }}
                  >
                    <td>
                      <a class="two-lines" href={`/runs/${run.id}`}>
                        <span class="strong">{run.source}</span>
                        <small>
                          run {run.id} · {run.trigger}
                        </small>
                      </a>
                    </td>
                    <td>
                      <Verdict of={run.verdict} /> <RunProgress run={run} />
                    </td>
                    <td class="number hide-phone">{count(run.groups.seen)}</td>
                    <td class="number hide-narrow">{brief(run.members.read)}</td>
                    <td class="number">
                      <Moves of={run} />
                    </td>
                    <td class="number hide-narrow">
                      {brief(Object.values(run.calls).reduce((sum, calls) => sum + calls, 0))}
                    </td>
                    <td class="number hide-phone muted">{run.durationMs === null ? '' : lasting(run.durationMs)}</td>
                    <td class="number muted">
                      <Ago at={run.startedAt} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
            <More {...list} />
          </div>
        )}
      </Card>
    </>
  )
}
