import type { Command } from 'commander'
import type { Millis } from '../core/member.ts'
import { configFor, withConfig } from './cli.ts'
import type { Cli, ConfigFlag } from './cli.ts'
import { clean, count, counted, duration, localTime, relative, table, timeAgo } from './format.ts'
import type { Column } from './format.ts'
import { callsLine } from './sync-summary.ts'
import { jsonTime } from './types.ts'
import type { SourceStatus, Status } from './types.ts'

export function registerStatus(program: Command, cli: Cli): void {
  const command = program
    .command('status')
    .description('sources, last runs, freshness, held leaves, calls spent')
    .option('--json', 'one JSON value')
    .addHelpText(
      'after',
      "\nExamples:\n  rollcall status\n  rollcall status --json | jq '.sources[] | {name, oldestCompleteRead}'",
    )
  withConfig(command).action(async (flags: ConfigFlag & { json?: boolean }) => {
    const status = await cli.services.status(configFor(cli, flags, 'ifPresent'))
    const text = flags.json === true ? JSON.stringify(statusJson(status)) : renderStatus(status, cli.clock.now())
    await cli.io.out(`${text}\n`)
  })
}

function statusJson(status: Status): unknown {
  const sources = status.sources.map(({ lastRun, ...source }) => ({
    ...source,
    lastRun: lastRun && {
      ...lastRun,
      startedAt: jsonTime(lastRun.startedAt),
      finishedAt: jsonTime(lastRun.finishedAt),
    },
    oldestCompleteRead: jsonTime(source.oldestCompleteRead),
    nextRun: jsonTime(source.nextRun),
    quarantine: {
      total: source.quarantine.total,
      records: source.quarantine.records.map((record) => ({ ...record, at: jsonTime(record.at) })),
    },
  }))
  return { sources }
}

/** A table with a row a source, then what each last run cost, then what wants a person's attention. */
export function renderStatus(status: Status, now: Millis): string {
  if (status.sources.length === 0) return 'No source yet. Write one into rollcall.yaml, then: rollcall sync'
  const columns: Column[] = [
    { head: 'source' },
    { head: 'vendor' },
    { head: 'groups', align: 'right' },
    { head: 'members', align: 'right' },
    { head: 'last run' },
    { head: 'everything read since' },
    { head: 'held', align: 'right' },
    { head: 'next run' },
  ]
  const rows = status.sources.map((source) => [
    source.name,
    source.vendor,
    count(source.groups),
    count(source.members),
    lastRun(source, now),
    source.oldestCompleteRead === null ? 'not yet' : timeAgo(source.oldestCompleteRead, now),
    count(source.held),
    source.nextRun === null ? 'on demand' : `${localTime(source.nextRun)} (${relative(source.nextRun, now)})`,
  ])
  const calls = status.sources.flatMap((source) =>
    source.lastRun === null ? [] : [`${source.name}: ${callsLine(source.lastRun)}`],
  )
  const paragraphs = [table(columns, rows), calls.join('\n'), attention(status).join('\n')]
  return paragraphs.filter((paragraph) => paragraph !== '').join('\n\n')
}

function lastRun(source: SourceStatus, now: Millis): string {
  const run = source.lastRun
  if (run === null) return 'never'
  if (run.verdict === null) return `running since ${localTime(run.startedAt)}`
  return `${run.verdict} ${relative(run.finishedAt ?? run.startedAt, now)}, took ${duration(run.durationMs)}`
}

/** Whether the quota can hold the target of a source. */
function rounds({ targetMs, roundMs }: NonNullable<SourceStatus['freshness']>): string {
  const target = `the target of ${duration(targetMs)}`
  if (roundMs === null)
    return `how long a full round takes is known after the first run of the whole source; ${target} waits for it`
  const takes = `a full round takes about ${duration(roundMs)} at this quota`
  if (roundMs <= targetMs) return `${takes}: it holds ${target}`
  return `${takes}: too long for ${target}. Raise rateShare or limits, ask the vendor for more, or set a target of at least ${Math.ceil(roundMs / 60_000)}m`
}

function attention(status: Status): string[] {
  return status.sources.flatMap((source) => {
    const lines: string[] = []
    if (source.held > 0)
      lines.push(
        `${source.name}: ${count(source.held)} held back by the guard, waiting for a decision: rollcall held list`,
      )
    if (source.freshness !== undefined) lines.push(`${source.name}: ${rounds(source.freshness)}`)
    const { total, records } = source.quarantine
    if (total > 0)
      lines.push(`${source.name}: ${counted(total, 'record')} not understood; nobody leaves these groups meanwhile:`)
    for (const { groupId, accountId, field, reason } of records)
      lines.push(`  group ${clean(groupId)}, account ${clean(accountId ?? '?')}: ${clean(field)}: ${clean(reason)}`)
    if (source.lastRun?.verdict === 'failed')
      lines.push(`${source.name}: the last run failed; "rollcall doctor" says why.`)
    if (source.lastRun === null)
      lines.push(`${source.name}: never read; begin with: rollcall sync --source ${source.name}`)
    return lines
  })
}
