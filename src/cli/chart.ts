import asciichart from 'asciichart'
import { count, displayWidth } from './format.ts'

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const
export type Paint = (style: keyof typeof CODES, text: string) => string

/** Colours a text, or leaves it alone where colours are not wanted. */
export const painter = (color: boolean): Paint =>
  color ? (style, text) => (text === '' ? '' : `\u001b[${CODES[style]}m${text}\u001b[0m`) : (_style, text) => text

const STEPS = '▁▂▃▄▅▆▇█'

/** `[1, 5, 3]` → `▁█▅`: the lowest value at the bottom, the highest at the top. */
export function sparkline(values: readonly number[]): string {
  const least = Math.min(...values)
  const span = Math.max(...values) - least
  const step = (value: number): number => (span === 0 ? 3 : Math.round(((value - least) / span) * (STEPS.length - 1)))
  return values.map((value) => STEPS[step(value)] ?? '').join('')
}

/** A bar of up to `width` columns, in eighths: `bar(5, 10, 4)` → `██`. Something is never drawn as nothing. */
export function bar(value: number, most: number, width: number): string {
  const eighths = most <= 0 ? 0 : Math.round((value / most) * width * 8)
  const drawn = value > 0 ? Math.max(eighths, 1) : 0
  return '█'.repeat(Math.floor(drawn / 8)) + (['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][drawn % 8] ?? '')
}

/** A line chart of a few rows with the values at its left. */
export function curve(values: readonly number[], width: number, height = 8): string {
  const label = Math.max(...values.map((value) => count(value).length))
  const flat = Math.max(...values) === Math.min(...values)
  return asciichart.plot(resample(values, Math.max(width - label - 4, 8)), {
    height: flat ? 1 : height,
    format: (value) => count(Math.round(value)).padStart(label),
    offset: 2,
  })
}

/** The same curve with exactly as many points as there are columns. */
export function resample(values: readonly number[], columns: number): number[] {
  const last = values.length - 1
  if (last < 1 || columns < 2) return Array.from({ length: columns }, () => values[0] ?? 0)
  return Array.from({ length: columns }, (_, column) => {
    const place = (column / (columns - 1)) * last
    const left = values[Math.floor(place)] ?? 0
    const right = values[Math.ceil(place)] ?? left
    return left + (right - left) * (place - Math.floor(place))
  })
}

/** Fills up to a width as the terminal counts it; `fit` also cuts, with an ellipsis. */
export const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - displayWidth(text)))
export function fit(text: string, width: number): string {
  if (displayWidth(text) <= width) return pad(text, width)
  let kept = ''
  for (const letter of text) {
    if (displayWidth(kept + letter) > width - 1) break
    kept += letter
  }
  return pad(`${kept}…`, width)
}
