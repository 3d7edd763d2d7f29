// A long run of the real program over three simulated vendors that live and fail:
// `npm run soak -- [--minutes 60] [--faults 5] [--churn 1] [--groups 40] [--accounts 300] [--check 10] [--seed N] [--log FILE]`
// (after `npm run build`; REDIS_URL set: the queue lives there). Every minute: what the program holds on to. Every --check
// minutes and at the end the vendors rest, every source is read once, and the roll is compared with their truth.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startEmbedded } from '../src/store/embedded.ts'
import { migrate } from '../src/store/migrate.ts'
import { createPool } from '../src/store/pool.ts'
import type { Ask, SoakOptions, Truth } from './soak-vendors.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    faults: { type: 'string', default: '5' },
    churn: { type: 'string', default: '1' },
    groups: { type: 'string', default: '40' },
    accounts: { type: 'string', default: '300' },
    check: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    log: { type: 'string' },
  },
})
const at = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
const MAIN = at('../dist/src/cli/main.js')
const SOURCES = ['tencent', 'easemob', 'yunxin'] as const

interface Probe {
  readonly rss: number
  readonly heap: number
  readonly listeners: number
  readonly resources: number
  readonly warnings: number
}
interface Sample extends Probe {
  readonly minute: number
  readonly files: number
  readonly connections: number
  readonly runs: number
}

const folder = mkdtempSync(join(tmpdir(), 'rollcall-soak-'))
const server = await startEmbedded({ dataDir: join(folder, 'data') })
const pool = createPool(server.url, { max: 1 })
await migrate(pool)
const samples: Sample[] = []
const checks: (Truth & { readonly minute: number })[] = []
const troubles: string[] = []
let vendors: ChildProcess | undefined
let program: ChildProcess | undefined
try {
  vendors = startVendors({
    seed: Number(values.seed),
    groups: Number(values.groups),
    accounts: Number(values.accounts),
    churn: Number(values.churn),
    faultPercent: Number(values.faults),
    database: server.url,
  })
  const [yaml] = (await once(vendors, 'message')) as [string]
  writeFileSync(
    join(folder, 'rollcall.yaml'),
    yaml.replaceAll(/^ {4}vendor:.*$/gm, '$&\n    schedule: "* * * * *"\n    timeoutMs: 2000'),
  )
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    LOG_LEVEL: 'warn',
    DATABASE_URL: server.url,
    HTTP_PORT: '0',
    ...(process.env['REDIS_URL'] === undefined ? {} : { REDIS_URL: process.env['REDIS_URL'] }),
  }
  program = start(['--expose-gc', '--import', at('./soak-probe.mjs'), MAIN, 'up'], env, true)
  let ended = false
  program.once('exit', (code, signal) => {
    ended = true
    troubles.push(`the program ended in the middle: ${code ?? signal}`)
  })
  await readAll(env) // the first reading of everything comes before the faults
  const began = Date.now()
  const minutes = Number(values.minutes)
  await ask(vendors, 'live')
  for (let minute = 1; minute <= minutes && !ended; minute++) {
    await sleep(Math.max(0, began + minute * 60_000 - Date.now()))
    if (ended) break
    const sample = { minute, ...(await measure(program)) }
    samples.push(sample)
    log(sample)
    if (minute % Number(values.check) !== 0 && minute !== minutes) continue
    await ask(vendors, 'rest')
    await readAll(env)
    const truth = { minute, ...((await ask(vendors, 'compare')) as Truth), inSteps: await outOfStep() }
    checks.push(truth)
    log({ ...truth, calls: await ask(vendors, 'counts') })
    if (truth.differences + truth.falseLeaves + truth.overlaps + truth.inSteps > 0)
      troubles.push(`not exact at minute ${minute}`)
    if (minute < minutes) await ask(vendors, 'live')
  }
  log({ runs: await runs() })
  if (!ended) {
    program.removeAllListeners('exit')
    program.kill('SIGTERM')
    const [code] = (await once(program, 'exit')) as [number | null]
    if (code !== 0) troubles.push(`the program ended with ${code} at SIGTERM`)
  }
} finally {
  program?.kill('SIGKILL')
  vendors?.kill('SIGKILL')
  await pool.end()
  await server[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
}
report()

function startVendors(options: SoakOptions): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', at('./soak-vendors.ts'), JSON.stringify(options)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
}

function start(args: string[], env: Record<string, string>, watched: boolean): ChildProcess {
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env,
    stdio: watched ? ['ignore', 'pipe', 'pipe', 'ipc'] : ['ignore', 'pipe', 'pipe'],
  })
  let tail = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (bytes: Buffer) => {
      tail = `${tail}${bytes.toString()}`.slice(-2000)
    })
  child.once('exit', (code) => {
    if (code !== 0) log({ ended: args.slice(-5).join(' '), code, said: tail })
  })
  return child
}

async function ask(child: ChildProcess, what: Ask | 'probe'): Promise<unknown> {
  const answer = once(child, 'message')
  child.send(what)
  return ((await answer) as [unknown])[0]
}

/** Twice, because the first ask may join a run that has begun already; the second must be complete. */
async function readAll(env: Record<string, string>): Promise<void> {
  await Promise.all(
    SOURCES.map(async (source) => {
      let code: number | null = null
      for (let attempt = 0; attempt < 2; attempt++) {
        const child = start([MAIN, 'resync', '--source', source, '--all', '--wait', '--json'], env, false)
        code = ((await once(child, 'exit')) as [number | null])[0]
      }
      if (code !== 0) troubles.push(`${source}: a reading at rest ended with ${code}`)
    }),
  )
}

async function measure(child: ChildProcess): Promise<Omit<Sample, 'minute'>> {
  const probe = (await ask(child, 'probe')) as Probe
  const files = process.platform === 'linux' ? readdirSync(`/proc/${child.pid}/fd`).length : 0
  const { rows } = await pool.query<{ connections: number; runs: number }>(
    `SELECT (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid())::int
       AS connections, (SELECT count(*) FROM rollcall.runs WHERE finished_at IS NOT NULL)::int AS runs`,
  )
  return { ...probe, files, connections: rows[0]?.connections ?? 0, runs: rows[0]?.runs ?? 0 }
}

/** Members whose joins and leaves do not take turns. */
async function outOfStep(): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM (
       SELECT kind, row_number() OVER (PARTITION BY source, group_id, account_id ORDER BY id) AS place
       FROM rollcall.member_changes WHERE kind IN ('joined', 'left')) c
     WHERE kind <> CASE WHEN place % 2 = 1 THEN 'joined' ELSE 'left' END`,
  )
  return rows[0]?.n ?? -1
}

async function runs(): Promise<unknown> {
  const { rows } = await pool.query(
    `SELECT source, verdict, count(*)::int AS runs, sum(members_joined)::int AS joined, sum(members_left)::int AS gone
     FROM rollcall.runs GROUP BY 1, 2 ORDER BY 1, 2`,
  )
  return rows
}

function log(what: unknown): void {
  const line = JSON.stringify(what)
  console.log(line)
  if (values.log !== undefined) appendFileSync(values.log, `${line}\n`)
}

/** The first sixth is warming up; from there to the end the medians of the two halves say whether anything grows. */
function report(): void {
  const warm = samples.slice(Math.floor(samples.length / 6))
  const half = Math.floor(warm.length / 2)
  console.log('\n| | first half | second half | most |\n|---|---|---|---|')
  for (const key of ['rss', 'heap', 'files', 'connections', 'listeners', 'resources', 'warnings'] as const) {
    const shown = (n: number) => (key === 'rss' || key === 'heap' ? `${(n / 2 ** 20).toFixed(1)} MB` : String(n))
    const [one, two] = [warm.slice(0, half), warm.slice(half)].map((part) => median(part.map((s) => s[key])))
    console.log(
      `| ${key} | ${shown(one ?? 0)} | ${shown(two ?? 0)} | ${shown(Math.max(...samples.map((s) => s[key])))} |`,
    )
  }
  const last = checks.at(-1)
  console.log(
    `\n${checks.length} comparisons, the last of ${last?.compared ?? 0} memberships; ${samples.at(-1)?.runs ?? 0} runs`,
  )
  console.log(troubles.length === 0 ? 'exact' : troubles.join('\n'))
  process.exitCode = troubles.length === 0 ? 0 : 1
}

function median(of: readonly number[]): number {
  return of.toSorted((a, b) => a - b)[Math.floor(of.length / 2)] ?? 0
}
