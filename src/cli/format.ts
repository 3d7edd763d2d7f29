import Table from 'cli-table3'
import type { Millis } from '../core/member.ts'

const thousands = new Intl.NumberFormat('en-US')

/** `12345` → `12,345`. */
export const count = (value: number): string => thousands.format(value)

/** `1 group`, `2 groups`; `plural` where an s does not do. */
export const counted = (value: number, one: string, plural = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : plural}`

/** `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function duration(ms: number): string {
  if (ms < 10_000) return `${(Math.max(ms, 0) / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const pair = (big: number, bigName: string, small: number, smallName: string): string =>
    small === 0 ? `${big} ${bigName}` : `${big} ${bigName} ${small} ${smallName}`
  const minutes = Math.round(seconds / 60)
  if (seconds < 3600) return pair(Math.floor(seconds / 60), 'min', seconds % 60, 's')
  if (minutes < 24 * 60) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
  const hours = Math.round(minutes / 60)
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

/** `3 min ago`, `in 2 h`, `just now`: one unit, rounded down. */
export function relative(at: Millis, now: Millis): string {
  const seconds = Math.floor(Math.abs(now - at) / 1000)
  if (seconds < 10) return 'just now'
  const [value, unit] =
    seconds < 60
      ? [seconds, 's']
      : seconds < 3600
        ? [Math.floor(seconds / 60), 'min']
        : seconds < 48 * 3600
          ? [Math.floor(seconds / 3600), 'h']
          : [Math.floor(seconds / 86_400), 'd']
  return at <= now ? `${count(value)} ${unit} ago` : `in ${count(value)} ${unit}`
}

/** Local time in ISO form, to the second: `2024-05-01 10:00:00`. `Infinity` is `for ever`. */
export function localTime(at: Millis): string {
  if (!Number.isFinite(at)) return 'for ever'
  const date = new Date(at)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/** `2024-05-01 10:00:00 (3 min ago)`; `never` for null. */
export const timeAgo = (at: Millis | null, now: Millis): string =>
  at === null ? 'never' : `${localTime(at)} (${relative(at, now)})`

/** A vendor's text made safe for a terminal: no escape sequences, no line ends, nothing that turns the reading direction. */
export const clean = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')

export interface Column {
  readonly head: string
  readonly align?: 'left' | 'right'
}

/** A table with a line under its head and no other border. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const bare = {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
  }
  const none = { 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '' }
  const grid = new Table({
    chars: { ...bare, ...none, middle: '  ' },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: columns.map((column) => column.align ?? 'left'),
  })
  const cells = rows.map((row) => row.map(clean))
  const rules = columns.map((column, index) =>
    '─'.repeat(Math.max(column.head.length, ...cells.map((row) => displayWidth(row[index] ?? '')))),
  )
  grid.push(
    columns.map((column) => column.head),
    rules,
    ...cells,
  )
  return grid
    .toString()
    .split('\n')
    .map((row) => row.trimEnd())
    .join('\n')
}

/** Columns a text takes in a terminal: Chinese, Japanese, Korean and emoji take two. */
export function displayWidth(text: string): number {
  let width = 0
  for (const letter of text) {
    if (/\p{M}|\u200d|\ufe0f/u.test(letter)) continue
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
        letter,
      )
        ? 2
        : 1
  }
  return width
}
