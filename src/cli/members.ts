import type { Command } from 'commander'
import { UsageError } from '../core/errors.ts'
import type { Millis } from '../core/member.ts'
import { configFor, withConfig } from './cli.ts'
import type { Cli, ConfigFlag } from './cli.ts'
import { clean, counted, localTime, table, timeAgo } from './format.ts'
import { assertKnown, filled } from './options.ts'
import { TIME_HELP, parseTime } from './time.ts'
import { jsonTime } from './types.ts'
import type { MemberRow, MembersMeta } from './types.ts'

interface Flags extends ConfigFlag {
  readonly source: string
  readonly group: string
  readonly at?: string
  readonly json?: boolean
}

export function registerMembers(program: Command, cli: Cli): void {
  const command = program
    .command('members')
    .description('who is, or at a time was, in a group')
    .requiredOption('--source <name>', 'the source of the group', filled)
    .requiredOption('--group <id>', "the group's id", filled)
    .option('--at <time>', 'the moment asked for (default: now)', filled)
    .option('--json', 'a JSON array of the members')
    .addHelpText(
      'after',
      `\n${TIME_HELP}\n\nExamples:\n  rollcall members --source acme-tencent --group '@TGS#2J4SZEAEL'\n  rollcall members --source acme-tencent --group '@TGS#2J4SZEAEL' --at 3d\n  rollcall members --source acme-tencent --group '@TGS#2J4SZEAEL' --json | jq -r '.[].accountId'`,
    )
  withConfig(command).action(async (flags: Flags) => {
    const now = cli.clock.now()
    const at = flags.at === undefined ? null : parseTime(flags.at, '--at', now)
    if (at !== null && at > now)
      throw new UsageError(`--at: ${flags.at ?? ''} lies in the future; nobody knows yet who is in the group then.`)
    const config = configFor(cli, flags, 'ifPresent')
    const known = [...config.sources.map((source) => source.name), ...(await cli.services.knownSources(config))]
    assertKnown([flags.source], known, 'the configuration or the database')
    const { rows, meta } = await cli.services.members(config, { source: flags.source, groupId: flags.group, at })
    if (meta === null) {
      throw new UsageError(
        `--group: ${flags.source} has no group "${flags.group}" that was ever read. Check the id; in a shell, an id with # stands in quotes.`,
      )
    }
    await cli.io.out(flags.json === true ? `${JSON.stringify(rows.map(memberJson))}\n` : renderMembers(rows, meta, now))
  })
}

function memberJson(row: MemberRow): unknown {
  return { ...row, joinedAt: jsonTime(row.joinedAt) }
}

/** The roll of one group as a table, with a line above that says what it is and lines below on what to mind. */
export function renderMembers(rows: readonly MemberRow[], meta: MembersMeta, now: Millis): string {
  const name = meta.name === null ? clean(meta.groupId) : `${clean(meta.name)} (${clean(meta.groupId)})`
  const head = `${name} of ${meta.source}: ${counted(rows.length, 'member')} at ${timeAgo(meta.at, now)}`
  const unproven = rows.filter((row) => !row.proven).length
  const body = rows.map((row) => [
    row.accountId,
    row.role,
    row.nameCard ?? '',
    row.joinedAt === null ? '' : localTime(row.joinedAt),
    ...(unproven > 0 ? [row.proven ? '' : 'not proven'] : []),
  ])
  const columns = ['account', 'role', 'name card', 'joined', ...(unproven > 0 ? ['proven'] : [])]
  const roll =
    rows.length === 0
      ? []
      : [
          table(
            columns.map((column) => ({ head: column })),
            body,
          ),
        ]
  return `${[head, ...roll, ...remarks(meta, unproven, now)].join('\n\n')}\n`
}

function remarks(meta: MembersMeta, unproven: number, now: Millis): string[] {
  const lines: string[] = []
  if (meta.dissolvedAt !== null) lines.push(`The group was dissolved ${timeAgo(meta.dissolvedAt, now)}.`)
  if (meta.keptFrom !== null && meta.at < meta.keptFrom) {
    lines.push(
      `The history of ${meta.source} is kept from ${timeAgo(meta.keptFrom, now)} on (retain.history): who had left by then is not shown.`,
    )
  } else if (meta.provenFrom === null || meta.at < meta.provenFrom) {
    lines.push(
      'Not proven: the group had not been read completely by then. Shown are those of whom it is known all the same.',
    )
  } else if (unproven > 0) {
    lines.push(
      `${counted(unproven, 'member')} not proven: the moment lies between a read that saw them and one that did not.`,
    )
  }
  if (meta.coverage === 'partial')
    lines.push('Not all members of this group can be known: no call of the vendor lists them all.')
  if (meta.coverage === 'none')
    lines.push('This group is not read: the configuration leaves it out, or it was never read completely.')
  lines.push(`Last read: ${timeAgo(meta.lastReadAt, now)}.`)
  return [lines.join('\n')]
}
