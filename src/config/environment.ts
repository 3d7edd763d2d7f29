export type Env = Readonly<Record<string, string | undefined>>

interface Variable {
  readonly name: string
  readonly key: string
  readonly default: string | null
  /** Shown, commented out, where there is no default. */
  readonly example?: string
  readonly says: string
}

/** Every environment variable Rollcall itself reads; `.env.example` is made of this table. */
export const VARIABLES = [
  {
    name: 'DATABASE_URL',
    key: 'databaseUrl',
    default: null,
    example: 'postgres://rollcall:PASSWORD@127.0.0.1:5432/rollcall',
    says: 'PostgreSQL 14 or newer. Absent: an embedded PostgreSQL whose data lives under ROLLCALL_DATA_DIR.',
  },
  {
    name: 'ROLLCALL_DATA_DIR',
    key: 'dataDir',
    default: '.rollcall',
    says: 'Folder of the embedded PostgreSQL, relative to the folder Rollcall is started in.',
  },
  {
    name: 'REDIS_URL',
    key: 'redisUrl',
    default: null,
    example: 'redis://127.0.0.1:6379/0',
    says: 'Present: queues and the shared rate limiter live in Redis. Absent: both live in PostgreSQL.',
  },
  {
    name: 'ROLLCALL_CONFIG',
    key: 'configPath',
    default: 'rollcall.yaml',
    says: 'The sources file (see rollcall.example.yaml).',
  },
  {
    name: 'LOG_LEVEL',
    key: 'logLevel',
    default: 'info',
    says: 'trace, debug, info, warn, error, fatal or silent. With debug, an unexpected error shows where it happened.',
  },
  {
    name: 'HTTP_HOST',
    key: 'httpHost',
    default: '127.0.0.1',
    says: 'Address of the web page and API. Anything but loopback needs HTTP_TOKEN.',
  },
  { name: 'HTTP_PORT', key: 'httpPort', default: '3300', says: 'Port of the web page and API.' },
  {
    name: 'HTTP_TOKEN',
    key: 'httpToken',
    default: null,
    example: 'A-LONG-RANDOM-TEXT',
    says: 'Who shows this token may use the web page and API, for example the output of: openssl rand -hex 24',
  },
  {
    name: 'HTTP_QUEUES',
    key: 'httpQueues',
    default: 'read',
    says: 'What Bull Board under /queues may do with jobs: read, or write (stop, retry, remove).',
  },
  {
    name: 'ROLLCALL_PSEUDONYM_KEY',
    key: 'pseudonymKey',
    default: null,
    example: 'A-LONG-RANDOM-TEXT',
    says: 'Key of the pseudonyms of forgotten accounts and of sources with pseudonymize (docs/privacy.md), for example the output of: openssl rand -hex 32. Keep it: with another one, or none, those sources are not read.',
  },
  {
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    key: 'otlpEndpoint',
    default: null,
    example: 'http://127.0.0.1:4318',
    says: 'Where traces go (OTLP over HTTP): runs, reads of groups, calls to vendors, jobs. Absent: none are made.',
  },
] as const satisfies readonly Variable[]

type VariableKey = (typeof VARIABLES)[number]['key']
export type RawEnv = { readonly [K in VariableKey]?: string }

/** The variables that are set, flat and unchecked. One that is set to nothing counts as absent. */
export function readEnv(env: Env): RawEnv {
  const raw: { [K in VariableKey]?: string } = {}
  for (const variable of VARIABLES) {
    const value = env[variable.name]?.trim()
    if (value !== undefined && value !== '') raw[variable.key] = value
  }
  return raw
}

/** The text of `.env.example`. */
export function renderEnvExample(): string {
  const variables: readonly Variable[] = VARIABLES
  const head = [
    '# Copy this file to .env: Rollcall reads it from the folder it is started in.',
    '# Flags come before the environment, the environment before this file, this file before the defaults.',
  ]
  const blocks = variables.map((variable) => {
    const line =
      variable.default === null
        ? `# ${variable.name}=${variable.example ?? ''}`
        : `${variable.name}=${variable.default}`
    return `# ${variable.says}\n${line}`
  })
  const tail = [
    '# The secrets that the sources file names as ${NAME}.',
    '# TENCENT_SECRET_KEY=',
    '# EASEMOB_CLIENT_ID=',
    '# EASEMOB_CLIENT_SECRET=',
    '# YUNXIN_APP_KEY=',
    '# YUNXIN_APP_SECRET=',
  ]
  return `${[head.join('\n'), ...blocks, tail.join('\n')].join('\n\n')}\n`
}
