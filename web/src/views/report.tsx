import { useEffect, useState } from 'preact/hooks'
import { useData } from '../api.ts'
import { brief, count, dayText, plural, timeText, ZONE } from '../format.ts'
import { Card, Empty, Failed, Select, Waiting } from '../parts/basics.tsx'
import { Icon } from '../parts/icon.tsx'
import { useLate } from '../parts/late.ts'
import { accountHref, groupHref, href, useFilters } from '../router.ts'
import type { ReportAnswer, ReportsAnswer, ReportView, SourcesAnswer } from '../types.ts'
import { ReportChart } from './report-chart.tsx'
import { titleOf } from './reports.tsx'

type Column = ReportAnswer['columns'][number]

export function ReportPage({ name }: { name: string }) {
  const reports = useData<ReportsAnswer>('/api/reports')
  const known = useData<SourcesAnswer>('/api/sources')
  const [all, sources, error] = [reports.data, known.data, reports.error ?? known.error]
  const again = (): void => {
    reports.reload()
    known.reload()
  }
  if (error !== null && (all === null || sources === null)) return <Failed error={error} retry={again} />
  if (all === null || sources === null) return <Waiting lines={14} />
  const report = all.reports.find((one) => one.name === name)
  if (report === undefined)
    return (
      <Empty title="There is no such report">
        <a href="/reports">All reports</a>
      </Empty>
    )
  return <Asked report={report} sources={sources.sources.map((source) => source.name)} />
}

function Asked({ report, sources }: { report: ReportView; sources: readonly string[] }) {
  const [read, write] = useFilters()
  const source = read('source') ?? sources[0] ?? ''
  const given = {
    source,
    group: read('group'),
    other: read('other'),
    account: read('account'),
    by: read('by'),
    step: read('step'),
    days: read('days'),
    since: read('since'),
    most: read('most'),
    zone: ZONE,
  }
  const missing = report.needs.filter((need) => given[need] === null)
  const path = `/api/reports/${report.name}`
  const asked = useData<ReportAnswer>(source === '' || missing.length > 0 ? null : href(path, given))
  const ready = asked.data !== null && !asked.stale
  return (
    <>
      <div class="page-head">
        <div class="page-title">
          <p class="crumb">
            <a href="/reports">Reports</a> / {report.family}
          </p>
          <h1>{titleOf(report.name)}</h1>
          <p class="lead">{report.asks}</p>
        </div>
        <div class="tools">
          {missing.length === 0 && source !== '' && (
            <a class="button" href={href(`${path}/csv`, { ...given, most: 100_000 })} download={`${report.name}.csv`}>
              <Icon name="download" /> CSV
            </a>
          )}
        </div>
      </div>
      <div class="filters">
        <Select
          label="Source"
          value={source}
          options={sources.map((one) => [one, one] as const)}
          onPick={(value) => write({ source: value })}
        />
        {(['group', 'other', 'account'] as const)
          .filter((one) => report.sql.includes(`:${one}`))
          .map((one) => (
            <Field
              key={one}
              label={LABELS[one]}
              value={given[one]}
              needed={report.needs.includes(one)}
              onType={(value) => write({ [one]: value })}
            />
          ))}
        {report.by.length > 1 && (
          <Select
            label="By"
            value={given.by ?? report.by[0] ?? ''}
            options={report.by.map((by) => [by, `by ${by}`] as const)}
            onPick={(value) => write({ by: value })}
          />
        )}
        {report.step.length > 1 && (
          <Select
            label="Step"
            value={given.step ?? report.step[0] ?? ''}
            options={report.step.map((step) => [step, `per ${step}`] as const)}
            onPick={(value) => write({ step: value })}
          />
        )}
        {/:(since|since_day)\b/.test(report.sql) && (
          <Select
            label="Since"
            value={rangeOf(given.since)}
            options={[
              ['', `${report.back} days`],
              ['7', '7 days'],
              ['90', '90 days'],
              ['365', 'a year'],
              ['1825', 'five years'],
            ]}
            onPick={(value) => write({ since: value === '' ? null : daysAgo(Number(value)) })}
          />
        )}
      </div>
      {missing.length > 0 ? (
        <Card>
          <Empty icon="reports" title={`Which ${missing.map((need) => LABELS[need].toLowerCase()).join(' and ')}?`}>
            Write its id above; this question is about one.
          </Empty>
        </Card>
      ) : asked.error !== null && asked.data === null ? (
        <Failed error={asked.error} retry={asked.reload} />
      ) : asked.data === null ? (
        <Card>
          <Waiting lines={10} />
        </Card>
      ) : (
        <div class={ready ? 'stack' : 'stack stale'}>
          <ReportChart answer={asked.data} />
          <Card title={plural(asked.data.count, 'row')} aside={<Trust answer={asked.data} />} flush>
            {asked.data.rows.length === 0 ? (
              <Empty title="No row">Nothing in this stretch of time answers the question.</Empty>
            ) : (
              <Table answer={asked.data} source={source} />
            )}
          </Card>
        </div>
      )}
      <Card title="SQL" aside={<Copy text={report.sql} />}>
        <pre class="sql">
          <code>{report.sql}</code>
        </pre>
      </Card>
    </>
  )
}

const LABELS = { group: 'Group id', other: 'Other group id', account: 'Account' } as const
const daysAgo = (days: number): string => {
  const at = new Date(Date.now() - days * 86_400_000)
  return `${at.toISOString().slice(0, 10)}`
}
function rangeOf(since: string | null): string {
  if (since === null) return ''
  return ['7', '90', '365', '1825'].find((days) => daysAgo(Number(days)) === since) ?? ''
}

const TRUST = new Set(['newest_read', 'stale_share', 'held_leaves'])

/** The last columns of every report say how far it can be trusted: once, not in each row. */
function Trust({ answer }: { answer: ReportAnswer }) {
  const at = (name: string): string | null => {
    const n = answer.columns.findIndex((column) => column.name === name)
    return n < 0 ? null : (answer.rows[0]?.[n] ?? null)
  }
  const newest = at('newest_read')
  const stale = at('stale_share')
  if (newest === null) return null
  return (
    <span class="muted">
      read {timeText(newest)}
      {stale !== null && Number(stale) > 0 && `, ${(Number(stale) * 100).toFixed(1)} % not fresh`}
    </span>
  )
}

function Table({ answer, source }: { answer: ReportAnswer; source: string }) {
  const shown = answer.columns.map((column, n) => ({ column, n })).filter(({ column }) => !TRUST.has(column.name))
  return (
    <div class="scroll tall wide" tabIndex={0} role="region" aria-label="Rows">
      <table class="table compact">
        <thead>
          <tr>
            {shown.map(({ column }) => (
              <th key={column.name} class={column.kind === 'number' ? 'number' : undefined}>
                {titleOf(column.name.replaceAll('_', '-'))}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {answer.rows.map((row, r) => (
            <tr key={r}>
              {shown.map(({ column, n }) => (
                <td key={column.name} class={column.kind === 'number' ? 'number' : undefined}>
                  <Cell column={column} value={row[n] ?? null} source={source} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {answer.count > answer.rows.length && (
        <p class="muted more">
          {count(answer.rows.length)} of {brief(answer.count)} rows; the CSV has all.
        </p>
      )}
    </div>
  )
}

function Cell({ column, value, source }: { column: Column; value: string | null; source: string }) {
  if (value === null) return <span class="muted">–</span>
  if (/^(group_id|group_a|group_b|other_group)$/.test(column.name))
    return (
      <a href={groupHref(source, value)}>
        <bdi>{value}</bdi>
      </a>
    )
  if (column.name === 'account_id')
    return (
      <a href={accountHref(source, value)}>
        <bdi>{value}</bdi>
      </a>
    )
  if (column.name === 'run_id' || column.name === 'last_run_id') return <a href={`/runs/${value}`}>{value}</a>
  switch (column.kind) {
    case 'time':
      return <>{Number.isFinite(Date.parse(value)) ? timeText(value) : value}</>
    case 'date':
      return <>{dayText(`${value}T00:00`)}</>
    case 'number':
      return <>{Number.isSafeInteger(Number(value)) ? count(Number(value)) : value}</>
    case 'boolean':
      return <>{value === 't' ? 'yes' : 'no'}</>
    default:
      return <bdi>{value}</bdi>
  }
}

function Field({
  label,
  value,
  needed,
  onType,
}: {
  label: string
  value: string | null
  needed: boolean
  onType: (value: string) => void
}) {
  const [text, setText] = useState(value ?? '')
  const late = useLate(text.trim(), 350)
  useEffect(() => {
    if (late !== (value ?? '')) onType(late)
  }, [late])
  useEffect(() => setText(value ?? ''), [value])
  return (
    <label class="field">
      <input
        aria-label={label}
        placeholder={needed ? label : `${label} (all)`}
        required={needed}
        spellcheck={false}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
    </label>
  )
}

function Copy({ text }: { text: string }) {
  const [done, setDone] = useState(false)
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setDone(true),
      () => null,
    )
  }
  return (
    <button type="button" class="ghost" onClick={copy}>
      {done ? 'Copied' : 'Copy'}
    </button>
  )
}
