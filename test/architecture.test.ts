import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'

/** The rooms of the program and what each may import (AGENTS.md has the map). `types of x` allows `import type` only. */
const ROOMS: Record<string, string> = {
  core: 'core',
  config: 'config, core',
  log: 'log',
  trace: 'trace',
  vendors: 'vendors, core, types of limits, types of config',
  limits: 'limits, core',
  store: 'store, core',
  transport: 'transport, core, trace, types of vendors, types of limits',
  sync: 'sync, core, trace, types of vendors, store, limits',
  queue: 'queue, core, types of store, types of context, sync',
  http: 'http, core, types of store, types of context, sync',
  jobs: 'jobs, sync, core, types of queue, types of context',
  simulator: 'simulator',
  context: '*',
  cli: '*',
}
/** Every room but core and the simulator may say that it takes a log or a configuration. */
const TYPES_FOR_ALL = ['log', 'config']

/** What may stand only in some rooms. */
const RESERVED: { what: string; pattern: RegExp; rooms: string[] }[] = [
  { what: 'process.env', pattern: /\bprocess\s*\.\s*env\b/, rooms: ['config'] },
  { what: 'fetch or undici', pattern: /(?<![.\w])fetch\s*\(|['"]undici['"]/, rooms: ['transport'] },
  { what: 'bullmq', pattern: /['"]bullmq['"]/, rooms: ['queue'] },
  { what: 'OpenTelemetry', pattern: /['"](@opentelemetry\/|bullmq-otel)/, rooms: ['trace', 'queue'] },
  { what: 'SQL', pattern: /\.query\s*\(|\$(query|execute)Raw/, rooms: ['store'] },
  { what: 'console', pattern: /(?<![/.\w])console\s*\.\s*\w+\s*\(/, rooms: ['cli'] },
  { what: 'process.exit', pattern: /\bprocess\s*\.\s*exit(Code)?\b/, rooms: ['cli'] },
]
const NOT_IN_CORE = [/\bDate\.now\b/, /\bnew Date\(\s*\)/, /\bMath\.random\b/, /\bPromise\b/, /\basync\b/, /\bawait\b/]
const MOST_LINES = 250

/** `src/core/walk.ts` → core, `src/config.ts` → config, `jobs/x.ts` → jobs. */
const roomOf = (path: string): string =>
  path.startsWith('jobs/') ? 'jobs' : (/^src\/([^/.]+)/.exec(path)?.[1] ?? 'elsewhere')

/** Source without its comments; texts stay, so that imports can be read. */
const withoutComments = (source: string): string =>
  source.replaceAll(/('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|\/\/.*|\/\*[\s\S]*?\*\//g, '$1')

/** Everything that is wrong with one file. */
function faultsOf(path: string, source: string): string[] {
  const room = roomOf(path)
  const code = withoutComments(source)
  const faults: string[] = []
  if (path.startsWith('src/') && source.split('\n').length > MOST_LINES + 1)
    faults.push(`${path}: over ${MOST_LINES} lines`)
  const allowed = ROOMS[room]?.split(', ')
  if (allowed === undefined) return [`${path}: "${room}" is no known room`]
  for (const { target, typeOnly } of importsOf(path, code)) {
    const to = roomOf(target)
    const asType =
      allowed.includes(`types of ${to}`) || (TYPES_FOR_ALL.includes(to) && !['core', 'simulator'].includes(room))
    if (allowed.includes('*') || allowed.includes(to) || (typeOnly && asType)) continue
    faults.push(`${path}: ${room} may not import ${to} (${target})${asType ? ', only its types' : ''}`)
  }
  for (const { what, pattern, rooms } of RESERVED) {
    if (pattern.test(code) && !rooms.includes(room)) faults.push(`${path}: ${what} belongs in ${rooms.join(', ')}`)
  }
  if (room === 'core') {
    for (const pattern of NOT_IN_CORE) if (pattern.test(code)) faults.push(`${path}: core has no ${pattern.source}`)
  }
  return faults
}

function importsOf(path: string, code: string): { target: string; typeOnly: boolean }[] {
  const statements = code.matchAll(
    /\b(?:import|export)\b(\s+type\b)?(?:[^'"`;=()]*?\bfrom\b)?\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g,
  )
  return [...statements].map(([, type, target = '']) => ({
    target: normalize(join(dirname(path), target)).replaceAll('\\', '/'),
    typeOnly: type !== undefined,
  }))
}

function filesUnder(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).replaceAll('\\', '/'))
    .filter((path) => !path.startsWith('src/store/prisma/'))
}

/** Files that a map does not name: by their whole path, or by their name below the folder named last. */
function unmapped(map: string, files: readonly string[]): string[] {
  const named = new Set<string>()
  let folder = ''
  for (const [word] of map.matchAll(/[\w./-]+/g)) {
    if (word.endsWith('/')) folder = word
    named.add(word).add(folder + word)
  }
  return files.filter((path) => !named.has(path))
}

const files = [...filesUnder('src'), ...filesUnder('jobs')]

describe('the rooms', () => {
  it.each(files.filter((path) => path.endsWith('.ts')))('%s keeps to its room', (path) => {
    expect(faultsOf(path, readFileSync(path, 'utf8'))).toEqual([])
  })
  it('SQL files stand in src/store', () => {
    expect(files.filter((path) => path.endsWith('.sql') && roomOf(path) !== 'store')).toEqual([])
  })
  it.runIf(existsSync('AGENTS.md'))('AGENTS.md maps every file', () => {
    expect(unmapped(readFileSync('AGENTS.md', 'utf8'), files)).toEqual([])
  })
})

describe('this test can fail', () => {
  it.each([
    ['src/core/x.ts', "import { a } from '../store/pool.ts'", 'core may not import store'],
    [
      'src/sync/x.ts',
      "import {\n  a,\n} from '../vendors/index.ts'",
      'sync may not import vendors (src/vendors/index.ts), only its types',
    ],
    ['src/transport/x.ts', "import '../limits/memory.ts'", 'transport may not import limits'],
    ['src/simulator/x.ts', "import type { Clock } from '../core/clock.ts'", 'simulator may not import core'],
    ['src/store/x.ts', "const x = await import('../sync/run.ts')", 'store may not import sync'],
    ['src/queue/x.ts', "export * from '../http/server.ts'", 'queue may not import http'],
    ['jobs/x.ts', "import { q } from '../src/queue/x.ts'", 'jobs may not import queue'],
    ['src/attic/x.ts', '', '"attic" is no known room'],
    ['src/sync/x.ts', 'const a = process.env.HOME', 'process.env belongs in config'],
    ['src/vendors/tencent/x.ts', 'await fetch(url)', 'fetch or undici belongs in transport'],
    ['src/sync/x.ts', "import { Queue } from 'bullmq'", 'bullmq belongs in queue'],
    ['src/sync/x.ts', 'await pool.query(text)', 'SQL belongs in store'],
    ['src/store/x.ts', 'console.log(1)', 'console belongs in cli'],
    ['src/store/x.ts', 'process.exitCode = 1', 'process.exit belongs in cli'],
    ['src/core/x.ts', 'const t = Date.now()', 'core has no'],
    ['src/core/x.ts', 'const t = new Date()', 'core has no'],
    ['src/core/x.ts', 'export async function f() {}', 'core has no'],
    ['src/core/x.ts', '\n'.repeat(251), 'over 250 lines'],
  ])('%s: %s', (path, source, fault) => expect(faultsOf(path, source).join()).toContain(fault))

  it('and lets be what is right', () => {
    expect(
      faultsOf('src/sync/x.ts', "import type { Vendor } from '../vendors/types.ts'\n// console.log, process.env"),
    ).toEqual([])
    expect(
      faultsOf('src/core/x.ts', "const day = new Date(0) // never Date.now()\nimport { a } from './y.ts'"),
    ).toEqual([])
    expect(
      unmapped('`src/core/` member.ts: x\nsrc/log.ts', ['src/core/member.ts', 'src/log.ts', 'src/cli/member.ts']),
    ).toEqual(['src/cli/member.ts'])
  })
})
