// `rollcall up` for a while with a schedule every minute, three sources and churn: memory, connections, ticks.
// npm run build && node --import tsx scripts/service-soak.ts [MINUTES]. Redis: REDIS_URL, else the queue is in PostgreSQL.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startEmbedded } from '../src/store/embedded.ts'
import { migrate } from '../src/store/migrate.ts'
import { createPool } from '../src/store/pool.ts'

const [, , minutes = '30'] = process.argv
const MINUTE = 60_000
const folder = mkdtempSync(join(tmpdir(), 'rollcall-soak-'))
const server = await startEmbedded({ dataDir: join(folder, 'data') })
const pool = createPool(server.url, { max: 1 })
await migrate(pool)
const children: ChildProcess[] = []
try {
  await soak(Number(minutes))
} finally {
  for (const child of children) child.kill('SIGKILL')
  await pool.end()
  await server[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
}

async function soak(length: number): Promise<void> {
  const simulated = start(['simulate', '--groups', '40', '--accounts', '400', '--churn', '1'])
  const yaml = await heard(simulated, 'stdout', (text) => text.includes('sim-yunxin'))
  const config = join(folder, 'rollcall.yaml')
  writeFileSync(config, yaml.replaceAll(/^( +)vendor: .*$/gm, `$&\n$1schedule: "* * * * *"`))
  const up = start(['up', '--config', config])
  await heard(up, 'stderr', (text) => text.includes('Working'))
  console.log('| minute | resident, MB | open files | connections to PostgreSQL | ticks taken |')
  console.log('|--:|--:|--:|--:|--:|')
  const began = Date.now()
  for (let minute = 0; minute <= length; minute++) {
    await sleep(Math.max(0, began + minute * MINUTE + 30_000 - Date.now())) // between two ticks
    if (up.exitCode !== null) throw new Error(`up ended by itself with ${up.exitCode}`)
    const { taken } = await ticks()
    console.log(`| ${minute} | ${resident(up)} | ${openFiles(up)} | ${await connections()} | ${taken} |`)
  }
  up.kill('SIGTERM')
  await new Promise((resolve) => up.once('exit', resolve))
  const { taken, missing, verdicts } = await ticks()
  console.log(
    `\n${taken} ticks in ${length} minutes, ${missing} missed; ${verdicts}; exit code ${up.exitCode}; ${await connections()} connections left`,
  )
}

function start(args: readonly string[]): ChildProcess {
  const env = { ...process.env, DATABASE_URL: server.url, HTTP_PORT: '0', LOG_LEVEL: 'warn' }
  const child = spawn(process.execPath, ['dist/src/cli/main.js', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  child.stderr?.on('data', (text: Buffer) => process.stderr.write(text))
  children.push(child)
  return child
}

/** What a child has said once it has said enough. */
async function heard(
  child: ChildProcess,
  from: 'stdout' | 'stderr',
  enough: (text: string) => boolean,
): Promise<string> {
  let text = ''
  return new Promise((resolve, reject) => {
    child[from]?.on('data', (more: Buffer) => {
      text += more
      if (enough(text)) setTimeout(() => resolve(text), 200)
    })
    child.once('exit', (code) => reject(new Error(`ended with ${code} before it was ready`)))
  })
}

function resident({ pid }: ChildProcess): string {
  return (Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024).toFixed(0)
}
function openFiles({ pid }: ChildProcess): number {
  return readdirSync(`/proc/${pid}/fd`).length
}

async function connections(): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
       AND application_name NOT IN ('rollcall-session', 'rollcall-supervisor') -- the embedded server's own keepers`,
  )
  return rows[0]?.n ?? 0
}

/** A run of the schedule begins in the minute of its tick; a minute between the first and the last without one is missed. */
async function ticks(): Promise<{ taken: number; missing: number; verdicts: string }> {
  const { rows } = await pool.query<{ taken: number; missing: number; verdicts: string }>(
    `WITH tick AS (
       SELECT source, date_trunc('minute', started_at) AS minute, verdict FROM rollcall.runs WHERE trigger = 'schedule'),
     span AS (SELECT source, min(minute) AS first, max(minute) AS last, count(DISTINCT minute) AS had FROM tick GROUP BY source)
     SELECT (SELECT count(*) FROM tick)::int AS taken,
       (SELECT coalesce(sum(extract(epoch FROM last - first) / 60 + 1 - had), 0) FROM span)::int AS missing,
       (SELECT string_agg(n || ' ' || verdict, ', ') FROM (SELECT coalesce(verdict, 'open') AS verdict, count(*) AS n FROM tick GROUP BY 1 ORDER BY 1) v) AS verdicts`,
  )
  return rows[0] ?? { taken: 0, missing: 0, verdicts: 'no run' }
}
