import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { whyUnreadable } from './config/accounts.ts'
import { checkSources } from './config/check.ts'
import type { CheckedSources } from './config/check.ts'
import type { SourceConfig } from './config/complete.ts'
import { readEnv } from './config/environment.ts'
import type { Env } from './config/environment.ts'
import { faultsError, type Fault } from './config/faults.ts'
import { parseSourcesFile } from './config/file.ts'
import { MINIMAL_EXAMPLE } from './config/minimal.ts'
import { readService } from './config/service.ts'
import type { ServiceConfig, ServiceFlags } from './config/service.ts'
import { UsageError } from './core/errors.ts'

export type { SourceConfig } from './config/complete.ts'
export type { Env } from './config/environment.ts'

export interface Config extends ServiceConfig {
  /** The sources file, absolute. */
  readonly configPath: string
  /** Complete and checked; empty where they were not asked for. */
  readonly sources: readonly SourceConfig[]
}

export interface ConfigRequest {
  readonly env?: Env
  /** Where `.env`, the sources file and the data folder are looked for. */
  readonly cwd?: string
  readonly flags?: ServiceFlags & { readonly configPath?: string }
  /**
   * `ignore`: this verb works without sources (`migrate`, `demo`), so their faults are not its business.
   * `ifPresent`: it only reads the database, so a file that nobody named may be missing.
   */
  readonly sources?: 'required' | 'ifPresent' | 'ignore'
}

/** The environment of this process; every other room gets it from here. */
export const processEnv = (): Env => process.env

/**
 * The whole configuration, complete, or one UsageError with every fault of it. Flags come before the environment, the
 * environment before `.env`, that before the defaults. Reads files, contacts nothing.
 */
export function loadConfig(request: ConfigRequest = {}): Config {
  const cwd = resolve(request.cwd ?? process.cwd())
  const env: Env = { ...readDotEnv(join(cwd, '.env')), ...(request.env ?? processEnv()) }
  const raw = readEnv(env)
  const named = request.flags?.configPath ?? raw.configPath
  const configPath = resolve(cwd, named ?? 'rollcall.yaml')
  const { service, faults } = readService(raw, request.flags ?? {}, cwd)
  const absent = request.sources === 'ifPresent' && named === undefined && !existsSync(configPath)
  const read = request.sources === 'ignore' || absent ? { sources: [], faults: [] } : readSources(configPath, env)
  const all = [...faults, ...read.faults, ...lacksKey(read.sources, service)]
  if (all.length > 0) throw faultsError(all, configPath)
  return { ...service, configPath, sources: read.sources }
}

/** A source whose accounts are never kept by name needs the key of their pseudonyms. */
function lacksKey(sources: readonly SourceConfig[], { pseudonymKey }: ServiceConfig): readonly Fault[] {
  if (pseudonymKey !== null) return []
  const says = 'needs ROLLCALL_PSEUDONYM_KEY in the environment: openssl rand -hex 32 makes one, to be kept for ever'
  return sources.flatMap(({ pseudonymize }, index) =>
    pseudonymize ? [{ path: `sources[${index}].pseudonymize`, says }] : [],
  )
}

/** Every text of the configuration that must never be shown, for the log and for messages. */
export function secretsOf(config: Config): readonly string[] {
  const secrets = config.sources.flatMap((source) => {
    switch (source.vendor) {
      case 'tencent':
        return [source.secretKey, source.webhook?.token ?? '']
      case 'easemob':
        return [source.clientSecret, source.webhook?.secret ?? '']
      case 'yunxin':
        return [source.appSecret]
    }
  })
  const urls = [config.databaseUrl, config.redisUrl].map((url) => (url === null ? '' : new URL(url).password))
  const decoded = urls.map((password) => decodeURIComponent(password))
  return [...secrets, ...urls, ...decoded, config.http.token ?? '', config.pseudonymKey ?? ''].filter(
    (secret) => secret !== '',
  )
}

function readDotEnv(path: string): Env {
  return existsSync(path) ? parseEnv(readFileSync(path, 'utf8').replace(/^\ufeff/, '')) : {}
}

function readSources(configPath: string, env: Env): CheckedSources {
  let text: string
  try {
    text = readFileSync(configPath, 'utf8')
  } catch (error) {
    throw new UsageError(
      `The sources file ${configPath} ${whyUnreadable(error)}. Name another with --config or ROLLCALL_CONFIG, or begin with this:\n\n${MINIMAL_EXAMPLE}`,
      { cause: error },
    )
  }
  return checkSources(parseSourcesFile(text.replace(/^\ufeff/, ''), env), dirname(configPath))
}
