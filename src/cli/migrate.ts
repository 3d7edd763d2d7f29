import type { Command } from 'commander'
import { configFor, withConfig } from './cli.ts'
import type { Cli, ConfigFlag } from './cli.ts'
import { counted } from './format.ts'
import type { MigrateResult } from './types.ts'

export function registerMigrate(program: Command, cli: Cli): void {
  const command = program
    .command('migrate')
    .description('bring the database to this version; safe to run twice and from two machines at once')
    .addHelpText('after', '\nExamples:\n  rollcall migrate\n  DATABASE_URL=postgres://… rollcall migrate')
  withConfig(command).action(async (flags: ConfigFlag) => {
    const result = await cli.services.migrate(configFor(cli, flags, 'ignore'), cli.life)
    await cli.io.out(`${renderMigration(result)}\n`)
  })
}

export function renderMigration(result: MigrateResult): string {
  if (result.applied.length === 0) return `The database is at this version already (${result.version}).`
  const list = result.applied.map((name) => `  ${name}`).join('\n')
  return `${counted(result.applied.length, 'migration')} applied:\n${list}`
}
