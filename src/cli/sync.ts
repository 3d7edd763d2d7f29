import type { Command } from 'commander'
import type { Config } from '../config.ts'
import { UsageError } from '../core/errors.ts'
import { changeJson, renderChange } from './changes.ts'
import { configFor, withConfig } from './cli.ts'
import type { Cli, ConfigFlag } from './cli.ts'
import { exitOfSync } from './exit.ts'
import { count } from './format.ts'
import { assertKnown, collect } from './options.ts'
import { renderSyncSummary } from './sync-summary.ts'
import type { SyncAsk, SyncResult } from './types.ts'

interface Flags extends ConfigFlag {
  readonly source?: readonly string[]
  readonly group?: readonly string[]
  readonly account?: readonly string[]
  readonly dryRun?: boolean
  readonly json?: boolean
  readonly wait: boolean
}

export function registerSync(program: Command, cli: Cli): void {
  const command = program
    .command('sync')
    .description('read the vendors now, write what changed, and wait for it')
    .option('--source <name>', 'only this source; may be repeated', collect)
    .option('--group <id>', 'only this group of the source; may be repeated', collect)
    .option('--account <id>', 'only the groups of this account; may be repeated', collect)
    .option('--dry-run', 'read the vendor and print the changes, but write nothing')
    .option('--no-wait', 'where a sync of the source runs already, end at once (exit code 3) instead of waiting for it')
    .option('--json', 'a JSON array with one object a source')
    .addHelpText(
      'after',
      "\nExit codes: 0 complete, 1 failed, 2 bad usage or configuration, 3 partial.\n\nExamples:\n  rollcall sync\n  rollcall sync --source acme-tencent --group '@TGS#2J4SZEAEL'\n  rollcall sync --dry-run\n  rollcall sync --json | jq '.[] | {source, verdict}'",
    )
  withConfig(command).action(async (flags: Flags) => {
    const config = configFor(cli, flags, 'required')
    const results = await cli.services.sync(config, askOf(flags, config), cli.life)
    cli.life.progress.stop()
    await cli.io.out(flags.json === true ? `${JSON.stringify(results.map(resultJson))}\n` : renderResults(results))
    if (results.some((result) => result.interrupted)) cli.io.err(kept(results, flags.dryRun === true))
    cli.finish(exitOfSync(results))
  })
}

function askOf(flags: Flags, config: Config): SyncAsk {
  const { source: given = [], group: groups = [], account: accounts = [] } = flags
  const names = config.sources.map((source) => source.name)
  assertKnown(given, names, config.configPath)
  const narrow = groups.length > 0 || accounts.length > 0
  const sources = given.length === 0 && narrow ? names : given
  if (narrow && sources.length !== 1) {
    const flag = groups.length > 0 ? '--group' : '--account'
    throw new UsageError(`${flag} needs exactly one --source, to say whose it is: ${names.join(', ')}`)
  }
  return { sources, groups, accounts, dryRun: flags.dryRun === true, wait: flags.wait }
}

function resultJson(result: SyncResult): unknown {
  const { changes, ...rest } = result
  return changes === undefined ? rest : { ...rest, changes: changes.map(changeJson) }
}

function renderResults(results: readonly SyncResult[]): string {
  const blocks = results.map((result) => {
    const changes = (result.changes ?? []).map((change) => `  ${renderChange(change)}`)
    const head =
      result.changes === undefined ? [] : [changes.length === 0 ? '  would change nothing' : '  would write:']
    return [renderSyncSummary(result), ...head, ...changes].join('\n')
  })
  return `${blocks.join('\n\n')}\n`
}

/** What an interrupted sync leaves behind. */
function kept(results: readonly SyncResult[], dryRun: boolean): string {
  if (dryRun) return 'Stopped early. Nothing was to be written, and nothing was.'
  const done = results.reduce((sum, result) => sum + result.groups.complete + result.groups.gone, 0)
  return `Stopped early. ${count(done)} groups were read completely and are written; of the others nothing was changed. The next sync reads them all.`
}
