import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { brief, count, shortDayText, timeText } from '../format.ts'
import { color, useTheme } from './theme.ts'

export interface Line {
  readonly label: string
  readonly as: 'area' | 'line' | 'bars'
  /** A colour of the theme. */
  readonly color: string
  readonly values: readonly (number | null)[]
}

export interface Mark {
  readonly from: number
  readonly to: number
}

interface Props {
  /** What it shows, for who cannot see it. */
  readonly label: string
  /** Moments in ms. */
  readonly times: readonly number[]
  readonly lines: readonly Line[]
  readonly height: number
  /** Stretches that are not proven: drawn hatched. */
  readonly unproven?: readonly Mark[]
  /** A moment to point at. */
  readonly at?: number | null
  /** Somebody points at a moment. */
  readonly onPick?: (at: number) => void
  readonly zero?: boolean
  readonly exact?: boolean
}

/** A chart over time. uPlot draws it; it is drawn anew when the theme or the width changes. */
export function Chart(props: Props) {
  const { label, times, lines, height, onPick } = props
  const host = useRef<HTMLDivElement>(null)
  const latest = useRef(props)
  latest.current = props
  const theme = useTheme()
  const plot = useRef<uPlot | null>(null)
  const shape = lines.map((line) => `${line.label}${line.as}${line.color}`).join('|')

  useEffect(() => {
    const box = host.current
    if (box === null) return
    const made = new uPlot(options(latest, box.clientWidth, height), [[], ...lines.map(() => [])], box)
    plot.current = made
    const sized = new ResizeObserver(() => made.setSize({ width: box.clientWidth, height }))
    sized.observe(box)
    return () => {
      sized.disconnect()
      made.destroy()
      plot.current = null
    }
  }, [theme, shape, height])

  useEffect(() => {
    const seconds = times.map((at) => at / 1000)
    plot.current?.setData([
      seconds,
      ...lines.map((line) => (line.as === 'bars' ? line.values.map((n) => (n === 0 ? null : n)) : [...line.values])),
    ])
  }, [theme, shape, times, lines, height])

  useEffect(() => plot.current?.redraw(false), [props.at, props.unproven])

  const click = (): void => {
    const left = plot.current?.cursor.left ?? -1
    if (onPick === undefined || plot.current === null || left < 0) return
    onPick(plot.current.posToVal(left, 'x') * 1000)
  }
  return (
    <div
      class={`chart${onPick === undefined ? '' : ' pickable'}`}
      ref={host}
      role="img"
      aria-label={label}
      onClick={click}
    />
  )
}

function options(latest: { readonly current: Props }, width: number, height: number): uPlot.Options {
  const { lines, zero = true, exact = false } = latest.current
  const text = color('text-2')
  const font = '12px "Inter Variable", system-ui, sans-serif'
  const axis = { stroke: text, font, ticks: { show: false }, grid: { stroke: color('line'), width: 1 } }
  return {
    width,
    height,
    padding: [10, 22, 0, 0],
    cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
    legend: { show: true, live: true },
    scales: {
      x: { time: true },
      y: { range: (_, low, high) => range(low, high, zero) },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 32,
        gap: 9,
        space: 70,
        values: (_, ticks) => ticks.map((at) => shortDayText(at * 1000)),
        incrs: [
          3600,
          6 * 3600,
          86_400,
          2 * 86_400,
          7 * 86_400,
          14 * 86_400,
          30 * 86_400,
          61 * 86_400,
          91 * 86_400,
          365 * 86_400,
        ],
      },
      { ...axis, size: 52, space: 36, values: (_, ticks) => ticks.map((n) => (Number.isInteger(n) ? brief(n) : '')) },
    ],
    series: [
      {
        label: 'Time',
        value: (_, at: number | null) => (at === null ? '' : exact ? timeText(at * 1000) : shortDayText(at * 1000)),
      },
      ...lines.map((line) => seriesOf(line)),
    ],
    hooks: {
      drawAxes: [(plot) => drawUnproven(plot, latest.current.unproven ?? [])],
      draw: [(plot) => drawAt(plot, latest.current.at ?? null)],
    },
  }
}

function seriesOf({ label, as, color: name }: Line): uPlot.Series {
  const stroke = color(name)
  const base = {
    label,
    stroke,
    value: (_: uPlot, n: number | null) => (n === null ? '–' : count(Math.abs(n))),
    points: { show: false },
  }
  if (as === 'bars') {
    const bars = uPlot.paths.bars?.({ size: [0.6, 18], radius: 0.2 })
    return { ...base, fill: stroke, width: 0, ...(bars === undefined ? {} : { paths: bars }) }
  }
  return { ...base, width: 2, ...(as === 'area' ? { fill: `color-mix(in srgb, ${stroke} 12%, transparent)` } : {}) }
}

function range(low: number | null, high: number | null, zero: boolean): [number, number] {
  const [from, to] = [low ?? 0, high ?? 1]
  const room = Math.max(1, (to - from) * 0.12)
  if (zero) return [Math.min(0, from < 0 ? from - room : 0), Math.max(1, to > 0 ? to + room : 0)]
  return [Math.max(0, Math.floor(from - room)), Math.ceil(to + room)]
}

/** Slanting lines where nothing is proven. */
function drawUnproven(plot: uPlot, marks: readonly Mark[]): void {
  const { ctx, bbox } = plot
  ctx.save()
  ctx.strokeStyle = color('warn')
  ctx.globalAlpha = 0.45
  ctx.lineWidth = devicePixelRatio
  for (const { from, to } of marks) {
    const left = Math.max(bbox.left, plot.valToPos(from / 1000, 'x', true))
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(to / 1000, 'x', true))
    if (right <= left) continue
    ctx.save()
    ctx.beginPath()
    ctx.rect(left, bbox.top, right - left, bbox.height)
    ctx.clip()
    ctx.beginPath()
    for (let x = left - bbox.height; x < right; x += 7 * devicePixelRatio) {
      ctx.moveTo(x, bbox.top + bbox.height)
      ctx.lineTo(x + bbox.height, bbox.top)
    }
    ctx.stroke()
    ctx.restore()
  }
  ctx.restore()
}

function drawAt(plot: uPlot, at: number | null): void {
  if (at === null) return
  const { ctx, bbox } = plot
  const x = plot.valToPos(at / 1000, 'x', true)
  if (x < bbox.left || x > bbox.left + bbox.width) return
  ctx.save()
  ctx.strokeStyle = color('accent')
  ctx.lineWidth = 2 * devicePixelRatio
  ctx.beginPath()
  ctx.moveTo(x, bbox.top)
  ctx.lineTo(x, bbox.top + bbox.height)
  ctx.stroke()
  ctx.restore()
}
