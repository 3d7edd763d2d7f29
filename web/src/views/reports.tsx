import { useData } from '../api.ts'
import { Card, Failed, Waiting } from '../parts/basics.tsx'
import { useFilters } from '../router.ts'
import type { ReportsAnswer, ReportView } from '../types.ts'

export const titleOf = (name: string): string => {
  const words = name.replaceAll('-', ' ')
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}

export function ReportsPage() {
  const { data, error, reload } = useData<ReportsAnswer>('/api/reports')
  const [read, write] = useFilters()
  const q = (read('q') ?? '').toLowerCase()
  if (error !== null && data === null) return <Failed error={error} retry={reload} />
  const fitting = (data?.reports ?? []).filter(({ name, asks }) => `${name} ${asks}`.toLowerCase().includes(q))
  const families = new Map<string, ReportView[]>()
  for (const report of fitting) families.set(report.family, [...(families.get(report.family) ?? []), report])
  return (
    <>
      <div class="page-head">
        <div>
          <h1>Reports</h1>
          <p class="lead">A question each, with its answer, its chart and its SQL.</p>
        </div>
        <div class="tools">
          <label class="field">
            <input
              type="search"
              aria-label="Find a report"
              placeholder="Find a question"
              value={read('q') ?? ''}
              onInput={(event) => write({ q: event.currentTarget.value })}
            />
          </label>
        </div>
      </div>
      {data === null ? (
        <Card>
          <Waiting lines={12} />
        </Card>
      ) : (
        [...families].map(([family, reports]) => (
          <section key={family} aria-label={titleOf(family)}>
            <h2 class="section">{titleOf(family)}</h2>
            <div class="report-list">
              {reports.map((report) => (
                <a class="report-link" key={report.name} href={`/reports/${report.name}`}>
                  <strong>{titleOf(report.name)}</strong>
                  <span>{report.asks}</span>
                </a>
              ))}
            </div>
          </section>
        ))
      )}
    </>
  )
}
