import type { VendorKind } from '../core/endpoints.ts'
import { fit, resample, sparkline } from './chart.ts'
import type { Paint } from './chart.ts'
import { clean, count } from './format.ts'

/** The sources of the demo side by side: a row each. */
export interface DemoSource {
  readonly name: string
  readonly vendor: VendorKind
  readonly groups: number
  readonly memberships: number
  readonly accounts: number
  /** Since the first sync. */
  readonly joined: number
  readonly left: number
  readonly calls: number
  /** Memberships after each sync. */
  readonly curve: readonly number[]
}

const VENDOR_NAMES: Readonly<Record<VendorKind, string>> = {
  tencent: 'Tencent Cloud IM',
  easemob: 'Easemob',
  yunxin: 'NetEase Yunxin',
}
const FIGURES = ['groups', 'memberships', 'accounts', 'joined', 'left', 'calls'] as const
const HEADS: Readonly<Partial<Record<(typeof FIGURES)[number], string>>> = { accounts: 'people' }

/** A row a source; where there is room, with the vendor's name and the curve of its memberships. */
export function sideBySide(sources: readonly DemoSource[], paint: Paint, width: number): string[] {
  if (sources.length === 0) return []
  const shown = width < 70 ? FIGURES.filter((name) => name !== 'calls') : FIGURES
  const columns = shown.map((name) => ({ name, head: HEADS[name] ?? name, sum: total(sources, name) }))
  const widths = columns.map(({ head, sum }) => Math.max(head.length, count(sum).length) + 2)
  const figures = widths.reduce((sum, one) => sum + one, 0)
  const nameWidth = Math.min(Math.max(...sources.map(({ name }) => name.length), 3), Math.max(12, width - figures - 2))
  const room = width - 2 - nameWidth - figures
  const vendorWidth = room >= 18 ? 18 : 0
  const curveWidth = Math.max(0, Math.min(14, room - vendorWidth - 2))
  const row = (name: string, vendor: string, values: readonly string[], line: string): string =>
    [
      fit(name, nameWidth),
      vendorWidth === 0 ? '' : `  ${fit(vendor, vendorWidth - 2)}`,
      ...values.map((value, at) => value.padStart(widths[at] ?? 0)),
      curveWidth < 6 ? '' : `  ${line}`,
    ].join('')
  const head = row(
    'source',
    'vendor',
    columns.map(({ head: text }) => text),
    '',
  )
  const all = row(
    'all',
    '',
    columns.map(({ sum }) => count(sum)),
    '',
  )
  return [
    paint('dim', head),
    ...sources.map((source) =>
      row(
        clean(source.name),
        VENDOR_NAMES[source.vendor],
        columns.map(({ name }) => count(source[name])),
        paint('cyan', sparkline(resample(source.curve, Math.min(source.curve.length, curveWidth)))),
      ),
    ),
    paint('dim', all),
  ]
}

function total(sources: readonly DemoSource[], figure: (typeof FIGURES)[number]): number {
  return sources.reduce((sum, source) => sum + source[figure], 0)
}
