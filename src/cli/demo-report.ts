import type { Millis, Role } from '../core/member.ts'
import { bar, curve, fit, pad, painter, resample, sparkline } from './chart.ts'
import type { Paint } from './chart.ts'
import { sideBySide } from './demo-sources.ts'
import type { DemoSource } from './demo-sources.ts'
import { clean, count, counted, duration, localTime } from './format.ts'

/** What the demo found out, read from the database after its last sync. Times are those of the simulated world. */
export interface DemoData {
  /** Side by side, in the order of the sources file; the figures below are those of all together. */
  readonly sources: readonly DemoSource[]
  readonly from: Millis
  readonly to: Millis
  readonly syncs: number
  readonly calls: number
  /** Real time, not simulated. */
  readonly durationMs: number
  /** Now, without the dissolved ones. */
  readonly groups: number
  readonly memberships: number
  readonly accounts: number
  /** After each sync, in order. */
  readonly growth: readonly { readonly groups: number; readonly memberships: number }[]
  readonly weeks: readonly DemoWeek[]
  /** The group with the most joins and leaves; `members` after each sync. Null in an empty world. */
  readonly busiest:
    | (DemoGroup & { readonly joined: number; readonly left: number; readonly curve: readonly number[] })
    | null
  /** The groups that grew most; `members` after each sync, as far as they were there. */
  readonly growing: readonly (DemoGroup & { readonly curve: readonly number[] })[]
  readonly newest: readonly (DemoGroup & { readonly at: Millis; readonly members: number })[]
  /** `members`: when it was dissolved. */
  readonly gone: readonly (DemoGroup & { readonly at: Millis; readonly members: number })[]
  readonly roles: readonly DemoRoleChange[]
  readonly proof: DemoProof
}
export interface DemoGroup {
  readonly source: string
  readonly groupId: string
  readonly name: string
}
export interface DemoWeek {
  readonly startsAt: Millis
  readonly joined: number
  readonly left: number
}
export interface DemoRoleChange extends DemoGroup {
  readonly accountId: string
  readonly from: Role
  readonly to: Role
  readonly at: Millis
}
export interface DemoProof {
  /** Moments at which the kept state was compared with the simulated truth, and memberships compared in all. */
  readonly moments: number
  readonly compared: number
  /** Leaves written of somebody who never left; stays that overlap; memberships that differ from the truth. */
  readonly falseLeaves: number
  readonly overlaps: number
  readonly differences: number
}

/** The report at the end of `rollcall demo`. */
export function renderDemoReport(data: DemoData, options: { width: number; color: boolean; command: string }): string {
  const paint = painter(options.color)
  const width = Math.max(60, Math.min(options.width, 110))
  const sections = [
    headline(data, paint, width),
    section(paint, 'Side by side', sideBySide(data.sources, paint, width)),
    growth(data, paint, width),
    churn(data, paint, width),
    busiest(data, paint, width),
    comings(data, paint, width),
    roles(data, paint, width),
    proven(data, paint),
    next(data, paint, options.command),
  ]
  return `\n${sections.filter((section) => section !== '').join('\n\n')}\n`
}

const section = (paint: Paint, title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : [paint('bold', title), ...lines.map((line) => `  ${line}`.trimEnd())].join('\n')

const day = (at: Millis): string => localTime(at).slice(0, 10)
const signed = (value: number): string => (value > 0 ? `+${count(value)}` : value < 0 ? `−${count(-value)}` : '±0')

function headline(data: DemoData, paint: Paint, width: number): string {
  const title = `${count(data.groups)} groups, ${count(data.memberships)} memberships, ${count(data.accounts)} people`
  const story = `${counted(data.sources.length, 'app')} of as many vendors, ${day(data.from)} to ${day(data.to)}`
  const cost = `${counted(data.syncs, 'sync')} · ${counted(data.calls, 'call')} · ${duration(data.durationMs)} of real time`
  return [
    paint('cyan', '━'.repeat(width)),
    paint('bold', title),
    story,
    paint('dim', cost),
    paint('cyan', '━'.repeat(width)),
  ].join('\n')
}

function growth(data: DemoData, paint: Paint, width: number): string {
  if (data.growth.length === 0) return ''
  const nameWidth = Math.min(30, width - 48)
  const columns = Math.min(data.growth.length, width - nameWidth - 40)
  const row = (name: string, values: readonly number[]): string => {
    const [from = 0, to = 0] = [values[0], values.at(-1)]
    const share = from === 0 ? '' : ` (${signed(Math.round(((to - from) / from) * 100))} %)`
    const line = pad(sparkline(resample(values, Math.min(values.length, columns))), columns)
    const figures = `${count(from)} → ${count(to)}`
    return `${fit(name, nameWidth)}  ${paint('cyan', line)}  ${pad(figures, 16)} ${paint('dim', share)}`
  }
  return section(paint, 'Growth', [
    row(
      'memberships',
      data.growth.map((point) => point.memberships),
    ),
    row(
      'groups',
      data.growth.map((point) => point.groups),
    ),
    ...data.growing.map((group) => row(clean(group.name), group.curve)),
  ])
}

function churn(data: DemoData, paint: Paint, width: number): string {
  const most = Math.max(0, ...data.weeks.flatMap((week) => [week.joined, week.left]))
  const room = Math.floor((width - 44) / 2)
  const lines = data.weeks.map((week) => {
    const joined = `${count(week.joined).padStart(6)} ${paint('green', pad(bar(week.joined, most, room), room))}`
    const left = `${count(week.left).padStart(6)} ${paint('red', pad(bar(week.left, most, room), room))}`
    return `${day(week.startsAt)}  ${joined} ${left}  ${signed(week.joined - week.left).padStart(6)}`
  })
  const head = `${pad('week of', 10)}  ${pad('joined', room + 7)} ${pad('left', room + 7)}     net`
  return section(paint, 'Churn', lines.length === 0 ? [] : [paint('dim', head), ...lines])
}

function busiest(data: DemoData, paint: Paint, width: number): string {
  const group = data.busiest
  if (group === null || group.curve.length === 0) return ''
  const moved = `(${group.source}: ${counted(group.joined, 'join')}, ${counted(group.left, 'leave')})`
  const title = `The busiest group: ${fit(clean(group.name), width - moved.length - 21).trimEnd()} ${moved}`
  const lines = curve(group.curve, width - 4)
    .split('\n')
    .map((line) => paint('cyan', line))
  return section(paint, title, [
    ...lines,
    paint('dim', `members after each of ${counted(group.curve.length, 'sync')}, ${day(data.from)} to ${day(data.to)}`),
  ])
}

function comings(data: DemoData, paint: Paint, width: number): string {
  const room = Math.max(16, width - 46)
  const row = (mark: string, group: DemoData['newest'][number]): string =>
    `${mark} ${day(group.at)}  ${fit(clean(group.name), room)} ${paint('dim', `${pad(counted(group.members, 'member'), 11)} ${group.source}`)}`
  return [
    section(
      paint,
      'Newest groups',
      data.newest.map((group) => row(paint('green', '+'), group)),
    ),
    section(
      paint,
      'Gone groups',
      data.gone.map((group) => row(paint('red', '−'), group)),
    ),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function roles(data: DemoData, paint: Paint, width: number): string {
  const lines = data.roles.map((change) => {
    const who = `${clean(change.accountId)} in ${clean(change.name)}`
    return `${day(change.at)}  ${fit(who, Math.max(20, width - 40))} ${change.from} → ${paint('yellow', change.to)}`
  })
  return section(paint, 'Roles changed', lines)
}

function proven(data: DemoData, paint: Paint): string {
  const { proof } = data
  const sound = proof.falseLeaves + proof.overlaps + proof.differences === 0
  const verdict = sound
    ? paint('green', '✓ the kept state equals the simulated truth')
    : paint(
        'red',
        `✗ ${counted(proof.differences, 'membership')} differ from the simulated truth: this is a fault of Rollcall, please report it`,
      )
  return section(paint, 'Proven', [
    `${counted(data.syncs, 'sync')}, ${counted(proof.compared, 'membership')} compared at ${counted(proof.moments, 'moment')}, ${counted(proof.falseLeaves, 'false leave')}, ${counted(proof.overlaps, 'overlapping stay')}`,
    verdict,
  ])
}

function next(data: DemoData, paint: Paint, run: string): string {
  const group = data.busiest ?? data.newest[0]
  const [change] = data.roles
  const middle = day((data.from + data.to) / 2)
  const lines: [string, string][] = []
  if (group !== undefined) {
    lines.push([
      'Who is in the busiest group',
      `${run} members --source ${group.source} --group ${quote(group.groupId)}`,
    ])
    lines.push([
      '… and who was, half-way',
      `${run} members --source ${group.source} --group ${quote(group.groupId)} --at ${middle}`,
    ])
  }
  if (change !== undefined) {
    const { source, accountId } = change
    lines.push([
      `What happened to ${clean(accountId)}`,
      `${run} changes --source ${source} --account ${quote(accountId)}`,
    ])
  }
  lines.push(
    ['How fresh it all is', `${run} status`],
    ['Your own groups', 'cp rollcall.example.yaml rollcall.yaml   # then: rollcall doctor'],
  )
  return section(
    paint,
    'Next',
    lines.flatMap(([what, command]) => [paint('dim', what), `  ${paint('cyan', command)}`]),
  )
}

/** As a shell takes it. `@TGS#1` needs no quotes in the middle of a line for bash, but reads better with them. */
export const quote = (text: string): string =>
  /^[\w.:/-]+$/.test(text) ? text : `'${clean(text).replaceAll("'", String.raw`'\''`)}'`
