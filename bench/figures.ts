/** What the bench has found out: one row a figure, with its target where there is one. */

export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** How many figures after the point to show; default 2. */
  readonly digits?: number
  readonly atLeast?: number
  readonly atMost?: number
  readonly note?: string
}

export interface Section {
  readonly title: string
  readonly figures: readonly Figure[]
}

export const met = ({ value, atLeast, atMost }: Figure): boolean | null => {
  if (atLeast === undefined && atMost === undefined) return null
  return value >= (atLeast ?? Number.NEGATIVE_INFINITY) && value <= (atMost ?? Number.POSITIVE_INFINITY)
}

const shown = (value: number, digits = 2): string =>
  Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : value.toFixed(digits)

const target = ({ atLeast, atMost, digits }: Figure): string => {
  if (atLeast !== undefined) return `≥ ${shown(atLeast, digits)}`
  return atMost === undefined ? '' : `≤ ${shown(atMost, digits)}`
}

/** One section as a table in Markdown, which is as readable on a terminal. */
export function table({ title, figures }: Section): string {
  const rows = figures.map((figure) => {
    const verdict = met(figure)
    return [
      figure.name,
      `${shown(figure.value, figure.digits)} ${figure.unit}`.trim(),
      target(figure),
      verdict === null ? '' : verdict ? 'met' : 'missed',
      figure.note ?? '',
    ]
  })
  const all = [['figure', 'measured', 'target', '', 'note'], ...rows]
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...all.map((row) => (row[column] ?? '').length)))
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`
  return `## ${title}\n\n${[line(all[0] ?? []), rule, ...rows.map(line)].join('\n')}\n`
}
