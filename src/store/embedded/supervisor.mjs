// Starts PostgreSQL (or watches one that runs) and stops it when its last client is gone, so that a killed program
// leaves nothing behind. Plain JavaScript: it runs as a process of its own, from the sources too. Its one argument is
// JSON: {file, args, cwd, account, pid, port, user, passwordFile, graceMs, stop}; `pid` instead of `file` to watch.
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

const PAUSE_MS = 500
/** How long a fresh server waits for its first client. */
const FIRST_CLIENT_MS = 4_000
/** How long it may refuse its supervisor (a lost password) before it is stopped. */
const REFUSED_MS = 5_000
const OTHERS = `SELECT count(*)::int AS others FROM pg_stat_activity
  WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`

const job = JSON.parse(process.argv[2] ?? '{}')
const child = job.file === undefined ? null : start()
const pid = child?.pid ?? job.pid
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => void stop())

let client = null
let refusedAt = null
let busyAt = Date.now() + (child === null ? 0 : FIRST_CLIENT_MS)
while (isUp()) {
  try {
    client ??= await connect()
    const others = await countOthers()
    if (others > 0) busyAt = Date.now()
    else if (Date.now() - busyAt > job.graceMs && (await mayStop())) await stop()
    refusedAt = null
  } catch (error) {
    // The server starts, stops, or recovers from the crash of a session. What it refuses for good it cannot be watched with.
    client = null
    if (['57P03', 'ECONNREFUSED', '53300'].includes(error.code)) refusedAt = null
    else refusedAt ??= Date.now()
    if (refusedAt !== null && Date.now() - refusedAt > REFUSED_MS) await stop()
  }
  await sleep(PAUSE_MS)
}
process.exit(0)

function start() {
  const server = spawn(job.file, job.args, {
    cwd: job.cwd,
    env: job.env,
    stdio: ['ignore', 'inherit', 'inherit'],
    ...job.account,
  })
  server.once('error', (error) => {
    console.error(`could not start ${job.file}: ${error.message}`)
    process.exit(1)
  })
  server.once('exit', (code) => process.exit(code ?? 1))
  return server
}

function isUp() {
  if (child !== null) return child.exitCode === null && child.signalCode === null
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function connect() {
  const fresh = new pg.Client({
    host: '127.0.0.1',
    port: job.port,
    user: job.user,
    database: 'postgres',
    password: readFileSync(job.passwordFile, 'utf8').trim(),
    application_name: 'rollcall-supervisor',
    connectionTimeoutMillis: 5000,
  })
  fresh.on('error', () => {
    client = null
  })
  try {
    await fresh.connect()
  } catch (error) {
    await fresh.end().catch(() => {})
    throw error
  }
  // One supervisor is enough; a second one goes.
  const { rows } = await fresh.query('SELECT pg_try_advisory_lock($1::int, 1) AS mine', [job.lock])
  if (rows[0].mine !== true) process.exit(0)
  return fresh
}

async function countOthers() {
  const { rows } = await client.query(OTHERS)
  return rows[0].others
}

/** Shuts the door first (clients hold this lock shared), then looks once more who is inside. */
async function mayStop() {
  const { rows } = await client.query('SELECT pg_try_advisory_lock($1::int, 0) AS shut', [job.lock])
  if (rows[0].shut !== true) return false
  if ((await countOthers()) === 0) return true
  await client.query('SELECT pg_advisory_unlock($1::int, 0)', [job.lock])
  return false
}

async function stop() {
  if (job.stop !== undefined) spawnSync(job.stop[0], job.stop.slice(1), { stdio: 'ignore' })
  else if (isUp()) process.kill(pid, 'SIGINT')
  while (isUp()) await sleep(50)
  process.exit(0)
}
