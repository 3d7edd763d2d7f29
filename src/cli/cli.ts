import type { Command } from 'commander'
import { loadConfig, secretsOf } from '../config.ts'
import type { Config, ConfigRequest, Env } from '../config.ts'
import type { Clock } from '../core/clock.ts'
import type { ExitCode } from './exit.ts'
import type { Io } from './io.ts'
import type { Life, Services } from './types.ts'

/** What every verb is given. */
export interface Cli {
  readonly io: Io
  readonly life: Life
  readonly services: Services
  readonly clock: Clock
  readonly env: Env
  readonly cwd: string
  /** Sets the exit code; a verb that does not call it was complete. */
  finish(code: ExitCode): void
}

/** Adds a verb to the program. */
export type Register = (program: Command, cli: Cli) => void

export interface ConfigFlag {
  readonly config?: string
}

/** `--config`, which all verbs with a configuration share. */
export const withConfig = (command: Command): Command =>
  command.option('--config <file>', 'the sources file (default: ROLLCALL_CONFIG, else rollcall.yaml)')

/** The configuration as this verb needs it. Its secrets are hidden from every message from here on. */
export function configFor(cli: Cli, flag: ConfigFlag, sources: NonNullable<ConfigRequest['sources']>): Config {
  const flags = flag.config === undefined ? {} : { configPath: flag.config }
  const config = loadConfig({ env: cli.env, cwd: cli.cwd, flags, sources })
  cli.io.hide(secretsOf(config))
  return config
}
