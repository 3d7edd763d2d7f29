import { isIP } from 'node:net'
import { resolve } from 'node:path'
import type { RawEnv } from './environment.ts'
import type { Fault } from './faults.ts'
import { suggestion } from './nearest.ts'
import { looksLikePlaceholder } from './placeholder.ts'

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** What is configured for the program as a whole, apart from the sources. */
export interface ServiceConfig {
  /** Null: the embedded PostgreSQL under `dataDir`. */
  readonly databaseUrl: string | null
  readonly dataDir: string
  /** Null: queues and limiter live in PostgreSQL. */
  readonly redisUrl: string | null
  readonly logLevel: LogLevel
  readonly http: {
    readonly host: string
    readonly port: number
    readonly token: string | null
    /** What Bull Board may do with jobs. */
    readonly queues: 'read' | 'write'
  }
  /** Key of the pseudonyms; null: nobody can be forgotten, and sources without names cannot be read. */
  readonly pseudonymKey: string | null
  /** Null: no traces. */
  readonly otlpEndpoint: string | null
}
export type ServiceFlags = Omit<RawEnv, 'configPath'>

/** Flags over environment over default, with every fault. No message shows a URL: a password may stand in it. */
export function readService(
  raw: RawEnv,
  flags: ServiceFlags,
  cwd: string,
): { service: ServiceConfig; faults: readonly Fault[] } {
  const faults: Fault[] = []
  const given = { ...raw, ...flags }
  const add = (path: string, says: string): void => void faults.push({ path, says })

  const databaseUrl = given.databaseUrl ?? null
  if (databaseUrl !== null && !isUrl(databaseUrl, ['postgres:', 'postgresql:'])) {
    add(
      'DATABASE_URL',
      'must look like postgres://USER:PASSWORD@HOST:5432/DATABASE; write special characters of the password as %XX',
    )
  }
  const redisUrl = given.redisUrl ?? null
  if (redisUrl !== null && !isUrl(redisUrl, ['redis:', 'rediss:'])) {
    add('REDIS_URL', 'must look like redis://HOST:6379/0, or rediss:// for TLS')
  }
  const level = given.logLevel ?? 'info'
  const logLevel = LOG_LEVELS.find((known) => known === level.toLowerCase())
  if (logLevel === undefined) add('LOG_LEVEL', `"${level}" is no log level${suggestion(level, LOG_LEVELS)}`)

  const port = given.httpPort ?? '3300'
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    add('HTTP_PORT', `must be a port from 1 to 65535, or 0 for any free one; found "${port}"`)
  }
  const host = given.httpHost ?? '127.0.0.1'
  const token = given.httpToken ?? null
  if (!isLoopback(host) && (token === null || looksLikePlaceholder(token))) {
    const lacks = token === null ? 'without HTTP_TOKEN' : 'with an HTTP_TOKEN that looks like a placeholder'
    add(
      'HTTP_HOST',
      `"${host}" lets other machines in ${lacks}: set HTTP_TOKEN (openssl rand -hex 24), or use 127.0.0.1`,
    )
  }
  const queues = given.httpQueues ?? 'read'
  if (queues !== 'read' && queues !== 'write') add('HTTP_QUEUES', `must be read or write; found "${queues}"`)
  const otlpEndpoint = given.otlpEndpoint ?? null
  if (otlpEndpoint !== null && !isUrl(otlpEndpoint, ['http:', 'https:']))
    add('OTEL_EXPORTER_OTLP_ENDPOINT', 'must look like http://HOST:4318')
  const pseudonymKey = given.pseudonymKey ?? null
  if (pseudonymKey !== null && (pseudonymKey.length < 32 || looksLikePlaceholder(pseudonymKey)))
    add('ROLLCALL_PSEUDONYM_KEY', 'must be a random text of 32 letters or more: openssl rand -hex 32 makes one')
  const service: ServiceConfig = {
    databaseUrl,
    dataDir: resolve(cwd, given.dataDir ?? '.rollcall'),
    redisUrl,
    logLevel: logLevel ?? 'info',
    http: { host, port: Number(port), token, queues: queues === 'write' ? 'write' : 'read' },
    pseudonymKey,
    otlpEndpoint,
  }
  return { service, faults }
}

function isUrl(text: string, protocols: readonly string[]): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  try {
    decodeURIComponent(url.password)
  } catch {
    return false
  }
  return protocols.includes(url.protocol)
}

function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'))
}
