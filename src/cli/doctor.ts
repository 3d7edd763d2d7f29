import type { Command } from 'commander'
import type { Config } from '../config.ts'
import { UsageError } from '../core/errors.ts'
import { painter } from './chart.ts'
import { configFor, withConfig } from './cli.ts'
import type { Cli, ConfigFlag } from './cli.ts'
import { EXIT } from './exit.ts'
import { counted } from './format.ts'
import type { Check } from './types.ts'

export function registerDoctor(program: Command, cli: Cli): void {
  const command = program
    .command('doctor')
    .description('check configuration, database, clock and one signed call per source; say what to do for each fault')
    .option('--json', 'a JSON array of the checks')
    .addHelpText(
      'after',
      '\nExit codes: 0 all well, 1 a fault, 2 a fault of the configuration.\n\nExamples:\n  rollcall doctor\n  rollcall doctor --config staging.yaml',
    )
  withConfig(command).action(async (flags: ConfigFlag & { json?: boolean }) => {
    const checks: Check[] = []
    const tell = async (check: Check): Promise<void> => {
      checks.push(check)
      if (flags.json !== true) await cli.io.out(`${cli.io.scrub(renderCheck(check, cli.io.color))}\n`)
    }
    const { config, check } = configuration(cli, flags)
    await tell(check)
    if (config !== null) for await (const found of cli.services.doctor(config, cli.life)) await tell(found)
    const faults = checks.filter((each) => each.state === 'fault').length
    if (flags.json === true) await cli.io.out(`${cli.io.scrub(JSON.stringify(checks))}\n`)
    else cli.io.err(faults === 0 ? 'All is well.' : `${counted(faults, 'fault')}.`)
    cli.finish(check.state === 'fault' ? EXIT.usage : faults > 0 ? EXIT.failed : EXIT.complete)
  })
}

/** Faults of the sources do not keep the rest from being checked. */
function configuration(cli: Cli, flags: ConfigFlag): { config: Config | null; check: Check } {
  const name = 'configuration'
  try {
    const config = configFor(cli, flags, 'required')
    const says = `${config.configPath}: ${counted(config.sources.length, 'source')}`
    return { config, check: { name, state: 'ok', says, cure: null } }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const check: Check = {
      name,
      state: 'fault',
      says: error.message,
      cure: 'Mend what is listed, then run doctor again.',
    }
    return { config: withoutSources(cli, flags), check }
  }
}

function withoutSources(cli: Cli, flags: ConfigFlag): Config | null {
  try {
    return configFor(cli, flags, 'ignore')
  } catch (error) {
    if (error instanceof UsageError) return null
    throw error
  }
}

/** `✓ database  PostgreSQL 18.4`, with the cure on a line of its own where there is one. */
export function renderCheck(check: Check, color: boolean): string {
  const paint = painter(color)
  const marks = { ok: paint('green', '✓'), warning: paint('yellow', '!'), fault: paint('red', '✗') }
  const says = check.says.split('\n').join('\n    ')
  const cure = check.cure === null ? '' : `\n    → ${check.cure.split('\n').join('\n      ')}`
  return `${marks[check.state]} ${paint('bold', check.name)}  ${says}${cure}`
}
