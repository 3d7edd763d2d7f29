import type { Command } from 'commander'
import { UsageError } from '../core/errors.ts'
import type { Retained } from '../sync/retain.ts'
import { configFor, withConfig } from './cli.ts'
import type { Cli, ConfigFlag } from './cli.ts'
import { EXIT } from './exit.ts'
import { count, localTime, table } from './format.ts'
import { assertKnown, collect } from './options.ts'
import { jsonTime } from './types.ts'

interface Flags extends ConfigFlag {
  readonly source?: readonly string[]
  readonly dryRun?: boolean
  readonly json?: boolean
}

export function registerRetain(program: Command, cli: Cli): void {
  const command = program
    .command('retain')
    .description('drop history and receipts that are older than "retain" of a source; a worker does it by itself')
    .option('--source <name>', 'only this source (may be given several times)', collect)
    .option('--dry-run', 'count what would go, drop nothing')
    .option('--json', 'a JSON array, one object a source')
    .addHelpText(
      'after',
      '\nIn steps of milliseconds: syncs go on beside it. Interrupted, it goes on where it was when it is called again.\n\nExamples:\n  rollcall retain --dry-run\n  rollcall retain --source acme-tencent',
    )
  withConfig(command).action(async (flags: Flags) => {
    const config = configFor(cli, flags, 'required')
    const names = flags.source ?? config.sources.map(({ name }) => name)
    assertKnown(
      names,
      config.sources.map(({ name }) => name),
      config.configPath,
    )
    const wanted = config.sources.filter(({ name, retain }) => names.includes(name) && (retain.history ?? retain.reads))
    if (wanted.length === 0)
      throw new UsageError(
        `retain: ${names.join(', ')} in ${config.configPath} keeps everything for ever. Say "retain: { history: 24mo, reads: 90d }" there.`,
      )
    const ask = { sources: wanted.map(({ name }) => name), dryRun: flags.dryRun === true }
    const retained = await cli.services.retain(config, ask, cli.life)
    await cli.io.out(
      flags.json === true ? `${JSON.stringify(retained.map(retainedJson))}\n` : renderRetained(retained, ask.dryRun),
    )
    if (retained.some(({ done }) => !done)) cli.finish(cli.life.signal.aborted ? EXIT.interrupted : EXIT.partial)
  })
}

function retainedJson({ source, historyFrom, readsFrom, gone, done }: Retained): unknown {
  return { source, historyFrom: jsonTime(historyFrom), readsFrom: jsonTime(readsFrom), ...gone, done }
}

/** A row a source: what has gone (or would), and from when on things are kept. */
export function renderRetained(retained: readonly Retained[], dryRun: boolean): string {
  if (retained.length === 0) return 'Nothing has been read yet, so nothing is too old.\n'
  const from = (at: number | null) => (at === null ? 'the beginning' : localTime(at))
  const rows = retained.map(({ source, gone, historyFrom, readsFrom }) => [
    source,
    ...[gone.stays, gone.edits, gone.events, gone.reads].map(count),
    from(historyFrom),
    from(readsFrom),
  ])
  const right = (head: string) => ({ head, align: 'right' as const })
  const numbers = ['closed stays', 'changes of them', 'changes of groups', 'receipts'].map(right)
  const head = dryRun ? 'This would go:' : 'This has gone:'
  const columns = [{ head: 'source' }, ...numbers, { head: 'history kept from' }, { head: 'reads kept from' }]
  const left = retained
    .filter(({ done }) => !done)
    .map(({ source }) => `${source}: interrupted; call it again to go on.`)
  return `${[head, table(columns, rows), ...left].join('\n\n')}\n`
}
