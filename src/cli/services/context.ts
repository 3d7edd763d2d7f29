import type { Config } from '../../config.ts'
import { secretsOf } from '../../config.ts'
import { type Context, type ContextOptions, createContext } from '../../context.ts'
import { createLog } from '../../log.ts'

/** Opens the context a verb works in. On a terminal that shows progress, only warnings are logged between. */
export function openContext(config: Config, options: Omit<ContextOptions, 'log'> = {}): Promise<Context> {
  const log = createLog({ level: config.logLevel === 'info' ? 'error' : config.logLevel, secrets: secretsOf(config) })
  return createContext(config, { log, ...options })
}
