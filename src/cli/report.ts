import type { Command } from 'commander'
import { suggestion } from '../config/nearest.ts'
import { UsageError } from '../core/errors.ts'
import type { Millis } from '../core/member.ts'
import { REPORTS } from '../store/reports/catalog.ts'
import { FAMILIES, type Report, type ReportAsk } from '../store/reports/types.ts'
import { configFor, withConfig } from './cli.ts'
import type { Cli, ConfigFlag } from './cli.ts'
import { counted, localTime, table } from './format.ts'
import { assertKnown, filled, whole } from './options.ts'
import { reportCsv, reportJson, renderReport } from './report-render.ts'
import { TIME_HELP, parseStretch, parseTime } from './time.ts'

export interface ReportFlags extends ConfigFlag {
  readonly source?: string
  readonly group?: string
  readonly with?: string
  readonly account?: string
  readonly since?: string
  readonly until?: string
  readonly at?: string
  readonly timezone?: string
  readonly by?: string
  readonly step?: string
  readonly days?: number
  readonly most?: number
  readonly format: string
  readonly json?: boolean
}

const FORMATS = ['table', 'csv', 'json'] as const
const DAY = 86_400_000
/** How many days back a report looks that says nothing of it. */
const BACK = 30

export function registerReport(program: Command, cli: Cli): void {
  const command = program
    .command('report')
    .description(
      'the ready reports; "report list" explains each in a line, "report rebuild" remakes the facts behind them',
    )
    .argument('<name>', 'the report, or "list", or "rebuild"', filled)
    .option('--source <name>', 'the source (default: the only one there is)', filled)
    .option('--group <id>', 'the group, where the report is of one', filled)
    .option('--with <id>', 'the other group, where two are compared', filled)
    .option('--account <id>', 'the account, where the report is of one', filled)
    .option('--since <time>', 'from this moment on (default: 30 days ago, longer where that makes sense)', filled)
    .option('--until <time>', 'before this moment (default: now)', filled)
    .option('--at <time>', 'the moment asked for (default: now)', filled)
    .option('--timezone <zone>', 'IANA time zone of days and of times shown', filled, 'UTC')
    .option('--by <word>', 'what to break the answer down by', filled)
    .option('--step <word>', 'day, week or month', filled)
    .option('--days <n>', 'how many days, where the report asks for it', whole(1, 36_500))
    .option('--most <n>', 'how many rows at the most, or the number that must be exceeded', whole(0, 1_000_000))
    .option('--format <word>', FORMATS.join(', '), 'table')
    .option('--json', 'the same as --format json')
    .addHelpText(
      'after',
      `\n${TIME_HELP}\n\nExamples:\n  rollcall report list\n  rollcall report growth --source acme-tencent --group '@TGS#2J4SZEAEL' --since 90d --timezone Asia/Shanghai\n  rollcall report churn --by size --since 2024-01-01 --format csv > churn.csv\n  rollcall report freshness --json | jq '.[] | select(.stale)'`,
    )
  withConfig(command).action(async (name: string, flags: ReportFlags) => {
    const format = flags.json === true ? 'json' : flags.format
    if (!FORMATS.some((known) => known === format))
      throw new UsageError(`--format: "${format}" is none of ${FORMATS.join(', ')}${suggestion(format, FORMATS)}`)
    if (name === 'list') return void (await cli.io.out(format === 'json' ? listJson() : listText()))
    if (name === 'rebuild') return rebuild(cli, flags)
    const report = REPORTS.find((known) => known.name === name)
    if (report === undefined) {
      const names = REPORTS.map((known) => known.name)
      throw new UsageError(
        `there is no report "${name}"${suggestion(name, names)}. "rollcall report list" explains all.`,
      )
    }
    const ask = reportAsk(report, flags, cli.clock.now())
    const config = configFor(cli, flags, 'ifPresent')
    const known = [...new Set([...config.sources.map((one) => one.name), ...(await cli.services.knownSources(config))])]
    const source = sourceOf(flags.source, known)
    const answer = await cli.services.report(config, { report, with: { ...ask, source } })
    if (answer.keptFrom && Math.min(ask.since, ask.at) < answer.keptFrom) cli.io.err(keptNote(source, answer.keptFrom))
    const text =
      format === 'csv'
        ? reportCsv(answer)
        : format === 'json'
          ? reportJson(answer)
          : renderReport(report, answer, { ...ask, source }, cli.io)
    await cli.io.out(text)
  })
}

const keptNote = (source: string, from: Millis): string =>
  `The history of ${source} is kept from ${localTime(from)} on (retain.history): of what lies before, only stays that ended later are counted.`

/** Everything but the source, checked against what the report takes. */
export function reportAsk(report: Report, flags: ReportFlags, now: Millis): Omit<ReportAsk, 'source'> {
  for (const need of report.needs ?? []) {
    const given = need === 'other' ? flags.with : flags[need]
    if (given === undefined)
      throw new UsageError(`${report.name} wants --${need === 'other' ? 'with' : need}: ${report.asks}`)
  }
  const stretch = parseStretch(flags.since, flags.until, now)
  const until = stretch.until ?? now
  return {
    group: flags.group ?? null,
    other: flags.with ?? null,
    account: flags.account ?? null,
    since: stretch.since ?? until - (report.back ?? BACK) * DAY,
    until,
    at: flags.at === undefined ? now : parseTime(flags.at, '--at', now),
    zone: zoneOf(flags.timezone ?? 'UTC'),
    by: oneOf('--by', flags.by, report.by, report),
    step: oneOf('--step', flags.step, report.step, report),
    days: flags.days ?? report.days ?? null,
    most: flags.most ?? (report.name === 'busy-joiners' ? 10 : report.name === 'many-admin' ? 5 : 50),
  }
}

function oneOf(
  flag: string,
  given: string | undefined,
  known: readonly string[] | undefined,
  report: Report,
): string | null {
  if (given === undefined) return known?.[0] ?? null
  if (known === undefined) throw new UsageError(`${report.name} takes no ${flag}`)
  if (known.includes(given)) return given
  throw new UsageError(`${flag}: ${report.name} knows no "${given}"${suggestion(given, known)}`)
}

function zoneOf(zone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone
  } catch {
    throw new UsageError(
      `--timezone: "${zone}" is no IANA time zone, such as Asia/Shanghai${suggestion(zone, Intl.supportedValuesOf('timeZone'))}`,
    )
  }
}

function sourceOf(given: string | undefined, known: readonly string[]): string {
  if (given !== undefined) {
    assertKnown([given], known, 'the configuration or the database')
    return given
  }
  const [only] = known
  if (only !== undefined && known.length === 1) return only
  throw new UsageError(
    only === undefined
      ? 'no source is known yet: run "rollcall sync" first'
      : `--source: say which of ${known.join(', ')}`,
  )
}

async function rebuild(cli: Cli, flags: ReportFlags): Promise<void> {
  const config = configFor(cli, flags, 'ifPresent')
  const names = await cli.services.rebuildFacts(config, flags.source === undefined ? [] : [flags.source])
  cli.io.err(`The facts of ${counted(names.length, 'source')} were made anew from the history: ${names.join(', ')}`)
}

function listText(): string {
  const parts = FAMILIES.map((family) => {
    const rows = REPORTS.filter((report) => report.family === family).map((report) => [report.name, report.asks])
    return `${family}\n${table([{ head: 'report' }, { head: 'what it answers' }], rows)}`
  })
  return `${parts.join('\n\n')}\n`
}

const listJson = (): string =>
  `${JSON.stringify(REPORTS.map(({ name, family, asks, sql, needs = [] }) => ({ name, family, asks, needs, sql })))}\n`
