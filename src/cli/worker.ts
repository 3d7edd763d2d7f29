import type { Command } from 'commander'
import { configFor, withConfig } from './cli.ts'
import type { Cli, ConfigFlag } from './cli.ts'
import { whole } from './options.ts'

/** Jobs side by side where nothing is said: each waits for the vendor most of the time. */
export const CONCURRENCY = 4

export function registerWorker(program: Command, cli: Cli): void {
  const command = program
    .command('worker')
    .description('work the queues until told to stop; any number of workers on any number of machines share the work')
    .option('--concurrency <number>', `jobs side by side (default: ${CONCURRENCY})`, whole(1, 64))
    .addHelpText(
      'after',
      '\nSIGTERM or Ctrl-C finishes or hands back what is in hand; a second one stops at once.\n\nExamples:\n  rollcall worker\n  rollcall worker --concurrency 8',
    )
  withConfig(command).action(async (flags: ConfigFlag & { concurrency?: number }) => {
    const config = configFor(cli, flags, 'required')
    const tell = (line: string): void => cli.io.err(line)
    await cli.services.queue.work(
      config,
      { concurrency: flags.concurrency ?? CONCURRENCY, schedules: false, tell },
      cli.life,
    )
  })
}
