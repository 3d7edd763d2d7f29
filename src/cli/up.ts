import type { Command } from 'commander'
import { configFor, withConfig } from './cli.ts'
import type { Cli, ConfigFlag } from './cli.ts'
import { whole } from './options.ts'
import { CONCURRENCY } from './worker.ts'

export function registerUp(program: Command, cli: Cli): void {
  const command = program
    .command('up')
    .description('keep every source fresh: worker, schedules and web page in one process')
    .option('--concurrency <number>', `jobs side by side (default: ${CONCURRENCY})`, whole(1, 64))
    .addHelpText(
      'after',
      '\nThe schedules of the sources file are applied at the start. SIGTERM or Ctrl-C finishes or hands back what is in hand.\n\nExamples:\n  rollcall up\n  rollcall up --config staging.yaml',
    )
  withConfig(command).action(async (flags: ConfigFlag & { concurrency?: number }) => {
    const config = configFor(cli, flags, 'required')
    const tell = (line: string): void => cli.io.err(line)
    if (config.sources.every((source) => source.schedule === null))
      tell('No source has a schedule: nothing is read until "rollcall resync" asks for it.')
    await cli.services.queue.work(
      config,
      { concurrency: flags.concurrency ?? CONCURRENCY, schedules: true, tell },
      cli.life,
    )
  })
}
