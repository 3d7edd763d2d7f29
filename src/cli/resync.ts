import type { Command } from 'commander'
import { UsageError } from '../core/errors.ts'
import { changeJson, renderChange } from './changes.ts'
import { configFor, withConfig } from './cli.ts'
import type { Cli, ConfigFlag } from './cli.ts'
import { EXIT } from './exit.ts'
import { clean, count, counted, duration } from './format.ts'
import { assertKnown, collect, filled } from './options.ts'
import type { ResyncAnswer } from './queue-types.ts'

interface Flags extends ConfigFlag {
  readonly source: string
  readonly group?: readonly string[]
  readonly account?: readonly string[]
  readonly all?: boolean
  readonly wait?: boolean
  readonly json?: boolean
}

export function registerResync(program: Command, cli: Cli): void {
  const command = program
    .command('resync')
    .description('have some groups, the groups of accounts, or a whole source read anew, ahead of scheduled work')
    .requiredOption('--source <name>', 'of this source', filled)
    .option('--group <id>', 'this group; may be repeated', collect)
    .option('--account <id>', 'the groups of this account; may be repeated', collect)
    .option('--all', 'everything of the source')
    .option('--wait', 'wait, and show the changes found')
    .option('--json', 'one JSON value')
    .addHelpText(
      'after',
      "\nThe work is done by rollcall up or rollcall worker. The same ask waiting twice is one.\n\nExit codes with --wait: 0 complete, 1 failed, 3 partial.\n\nExamples:\n  rollcall resync --source acme-tencent --group '@TGS#2J4SZEAEL' --wait\n  rollcall resync --source acme-tencent --account leckie --account peter\n  rollcall resync --source acme-tencent --all",
    )
  withConfig(command).action(async (flags: Flags) => {
    const config = configFor(cli, flags, 'required')
    assertKnown(
      [flags.source],
      config.sources.map((source) => source.name),
      config.configPath,
    )
    const { group: groups = [], account: accounts = [] } = flags
    if ((flags.all === true) === groups.length + accounts.length > 0)
      throw new UsageError('Say what to read: --group, --account, or --all for everything')
    const ask = { source: flags.source, groups, accounts, wait: flags.wait === true }
    const answer = await cli.services.queue.resync(config, ask, cli.life)
    cli.life.progress.stop()
    await cli.io.out(flags.json === true ? `${JSON.stringify(answerJson(answer))}\n` : renderAnswer(answer))
    if (answer.run === null) return
    const { verdict, members } = answer.run
    const code =
      verdict === 'failed' ? EXIT.failed : verdict === 'partial' || members.held > 0 ? EXIT.partial : EXIT.complete
    cli.finish(code)
  })
}

function answerJson({ changes, ...rest }: ResyncAnswer): unknown {
  return { ...rest, changes: changes.map(changeJson) }
}

function renderAnswer({ ask, source, run, note, changes }: ResyncAnswer): string {
  if (run === null)
    return note === null ? `Queued as ask ${ask} of ${source}; --wait would wait for it.\n` : `${note}\n`
  const head = `${source}  ${run.verdict} in ${duration(run.durationMs)}: ${counted(run.groups.seen, 'group')}, ${count(run.members.read)} members read`
  const lines = [
    note === null ? head : `${source}  ${note}`,
    ...(run.reason === null ? [] : [`  ! ${clean(run.reason)}`]),
    ...(changes.length === 0 ? ['  nothing has changed'] : changes.map((change) => `  ${renderChange(change)}`)),
  ]
  return `${lines.join('\n')}\n`
}
