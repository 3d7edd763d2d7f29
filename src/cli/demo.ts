import type { Command } from 'commander'
import type { Cli } from './cli.ts'
import { configFor } from './cli.ts'
import { renderDemoReport } from './demo-report.ts'
import { EXIT } from './exit.ts'
import { untilStopped } from './interrupt.ts'
import { port } from './options.ts'

export function registerDemo(program: Command, cli: Cli): void {
  program
    .command('demo')
    .description('the main job end to end in under a minute, against simulated vendors; needs nothing installed')
    .option('--once', 'end after the report, without the web page')
    .option('--port <number>', 'port of the web page', port)
    .addHelpText('after', '\nExamples:\n  rollcall demo\n  rollcall demo --once')
    .action(async (flags: { once?: boolean; port?: number }) => {
      const config = configFor(cli, {}, 'ignore')
      const once = flags.once === true
      await using demo = await cli.services.demo(config, { once, port: flags.port ?? null }, cli.life)
      cli.life.progress.stop()
      const { width, color } = cli.io
      await cli.io.out(renderDemoReport(demo.data, { width, color, command: demo.command }))
      const { falseLeaves, overlaps, differences } = demo.data.proof
      if (falseLeaves + overlaps + differences > 0) cli.finish(EXIT.failed)
      if (once || demo.url === null) return
      cli.io.err(`The web page: ${demo.url}   Ctrl-C ends it.`)
      await untilStopped(cli.life.signal)
    })
}
