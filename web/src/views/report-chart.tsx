import { decimal } from '../format.ts'
import { Card } from '../parts/basics.tsx'
import { Chart } from '../parts/chart.tsx'
import type { ReportAnswer } from '../types.ts'

const MOST_BARS = 20

/** The chart of a report: a curve over its days, or a bar a row. */
export function ReportChart({ answer }: { answer: ReportAnswer }) {
  const { columns, rows } = answer
  const { draws } = answer.report
  const value = columns.findIndex(({ name, kind }) => name === draws?.of && kind === 'number')
  if (draws === null || value < 0 || rows.length < 2) return null
  const time = columns.findIndex(({ kind }) => kind === 'date' || kind === 'time')
  const label = draws.of.replaceAll('_', ' ')
  const distinct = time < 0 ? 0 : new Set(rows.map((row) => row[time])).size
  if (time >= 0 && distinct === rows.length && draws.as === 'sparkline') {
    const times = rows.map((row) => Date.parse(`${row[time] ?? ''}${columns[time]?.kind === 'date' ? 'T00:00' : ''}`))
    const values = rows.map((row) => (row[value] === null ? null : Number(row[value])))
    return (
      <Card title={label}>
        <Chart
          label={`${label} over time`}
          times={times}
          height={220}
          zero={false}
          lines={[{ label, as: 'area', color: 'accent', values }]}
        />
      </Card>
    )
  }
  return <Bars answer={answer} value={value} label={label} />
}

function Bars({ answer, value, label }: { answer: ReportAnswer; value: number; label: string }) {
  const known = answer.rows.filter((row) => row[value] !== null)
  if (known.length < 2) return null
  const nameOf = namer(answer.columns.slice(0, value), known)
  const rows = known.slice(0, MOST_BARS).map((row) => ({ name: nameOf(row), value: Number(row[value] ?? 0) }))
  const most = Math.max(...rows.map((row) => Math.abs(row.value)), 1e-9)
  return (
    <Card title={label}>
      <table class="small-table bars" aria-label={label}>
        <tbody>
          {rows.map((row, n) => (
            <tr key={n}>
              <th scope="row">
                <bdi>{row.name}</bdi>
              </th>
              <td class="bar-cell">
                <i
                  class={`bar${row.value < 0 ? ' negative' : ''}`}
                  style={{ width: `${(Math.abs(row.value) / most) * 100}%` }}
                />
              </td>
              <td class="number">{decimal(row.value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  )
}

type Row = ReportAnswer['rows'][number]

/** What a bar stands for: a name where there is one, else what tells the rows apart. */
function namer(columns: ReportAnswer['columns'], rows: readonly Row[]): (row: Row) => string {
  const all = columns.map((column, n) => ({ ...column, n }))
  const differ = all.filter(({ n }) => new Set(rows.map((row) => row[n])).size > 1)
  const named = all.find(({ name }) => name === 'name')
  const texts = differ.filter(({ kind }) => kind !== 'number').slice(-2)
  const [first] = differ
  return (row) => {
    const name = named === undefined ? null : (row[named.n] ?? null)
    if (name !== null && name !== '') return name
    if (texts.length === 0) return first === undefined ? '' : `${first.name.replaceAll('_', ' ')} ${row[first.n] ?? ''}`
    return texts
      .map(({ n, kind }) => (kind === 'time' ? (row[n] ?? '').slice(0, 16) : row[n]))
      .filter((part) => part !== null && part !== undefined)
      .join(' · ')
  }
}
