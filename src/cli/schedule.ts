import type { Command } from 'commander'
import type { Millis } from '../core/member.ts'
import { configFor, withConfig } from './cli.ts'
import type { Cli, ConfigFlag } from './cli.ts'
import { localTime } from './format.ts'
import type { ScheduleShown } from './queue-types.ts'
import { jsonTime } from './types.ts'

type Flags = ConfigFlag & { readonly json?: boolean }

export function registerSchedule(program: Command, cli: Cli): void {
  const group = program
    .command('schedule')
    .description('the next runs of each source, and making the queue follow the sources file')
    .addHelpText('after', '\nExamples:\n  rollcall schedule list\n  rollcall schedule apply')
  const show = async (flags: Flags, shown: readonly ScheduleShown[]): Promise<void> => {
    await cli.io.out(flags.json === true ? `${JSON.stringify(shown.map(scheduleJson))}\n` : renderSchedules(shown))
  }
  const list = group
    .command('list')
    .description("the next five runs of each source, in the schedule's time zone and in this machine's")
    .option('--json', 'a JSON array')
    .addHelpText('after', '\nExample:\n  rollcall schedule list')
  withConfig(list).action(async (flags: Flags) =>
    show(flags, await cli.services.queue.schedules(configFor(cli, flags, 'required'))),
  )
  const apply = group
    .command('apply')
    .description('make the schedules of the queue equal to the sources file; "up" does so at its start')
    .option('--json', 'a JSON array')
    .addHelpText('after', '\nExample:\n  rollcall schedule apply')
  withConfig(apply).action(async (flags: Flags) =>
    show(flags, await cli.services.queue.applySchedules(configFor(cli, flags, 'required'))),
  )
}

function scheduleJson({ next, lastTick, lastSkipped, ...rest }: ScheduleShown): unknown {
  return { ...rest, next: next.map(jsonTime), lastTick: jsonTime(lastTick), lastSkipped: jsonTime(lastSkipped) }
}

function renderSchedules(schedules: readonly ScheduleShown[]): string {
  if (schedules.length === 0)
    return 'No source has a schedule: write e.g. schedule: "0 */6 * * *" into the sources file.\n'
  return schedules.map(renderSchedule).join('\n')
}

/** `acme  0 2 * * * (Europe/Berlin)`, then a line a tick: there, and here. */
export function renderSchedule({ source, pattern, timezone, next, applied, lastSkipped }: ScheduleShown): string {
  const lines = [
    `${source}  ${pattern} (${timezone})${applied ? '' : '   not applied yet: rollcall schedule apply, or start rollcall up'}`,
    ...next.map((at) => `  ${zoneTime(at, timezone)} there   ${localTime(at)} here`),
    ...(next.length === 0 ? ['  never: no such moment in the next eight years'] : []),
    ...(lastSkipped === null ? [] : [`  skipped ${localTime(lastSkipped)}: the run before it was still going`]),
  ]
  return `${lines.join('\n')}\n`
}

function zoneTime(at: Millis, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
  return parts.format(at)
}
