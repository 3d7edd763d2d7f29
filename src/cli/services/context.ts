import type { Config, SourceConfig } from '../../config.ts'
import { secretsOf } from '../../config.ts'
import { type Context, type ContextOptions, createContext } from '../../context.ts'
import { UsageError, VendorError } from '../../core/errors.ts'
import { createLog } from '../../log.ts'
import { explainDatabaseError } from '../../store/explain.ts'
import type { NamedBy } from '../../sync/with-names.ts'

/** Opens the context a verb works in. On a terminal that shows progress, only warnings are logged between. */
export function openContext(config: Config, options: Omit<ContextOptions, 'log'> = {}): Promise<Context> {
  const log = createLog({ level: config.logLevel === 'info' ? 'error' : config.logLevel, secrets: secretsOf(config) })
  return createContext(config, { log, ...options })
}

/** By what the names of a source are known. */
export const namedBy = (
  { name, vendor, pseudonymize }: SourceConfig,
  { pseudonymKey }: Pick<Context, 'pseudonymKey'>,
): NamedBy => ({ name, kind: vendor, pseudonyms: { key: pseudonymKey, everybody: pseudonymize } })

/** Works in a context of its own. What the database says when it fails becomes a sentence with its cure. */
export async function inContext<T>(
  config: Config,
  options: Omit<ContextOptions, 'log'>,
  work: (context: Context) => Promise<T>,
): Promise<T> {
  try {
    await using context = await openContext(config, options)
    return await work(context)
  } catch (error) {
    throw cured(error)
  }
}

/** The error as an operator can use it, where it is one of the database's; codes of a vendor's network look the same. */
export function cured(error: unknown): unknown {
  return error instanceof VendorError || error instanceof UsageError ? error : (explainDatabaseError(error) ?? error)
}
