import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chown, open, rename, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Binaries } from './binaries.ts'
import { USER, type Cluster } from './cluster.ts'
import { clearStale, findPostmaster } from './postmaster.ts'
import { CLEAN_ENV } from './run.ts'
import { LOCK } from './session.ts'
import { serverTrouble } from './trouble.ts'

const SUPERVISOR = fileURLToPath(new URL('supervisor.mjs', import.meta.url))
const LOG_LIMIT = 5_000_000
const TRIES = 3

/** Durable, small, and heard on loopback alone. Sockets in the file system have a limit on their path, so there are none. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  cluster_name: 'rollcall',
  max_connections: '60',
  shared_buffers: '128MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '512MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
}

export interface LaunchOptions {
  /** How long the server outlives its last client, in ms. */
  readonly graceMs: number
  readonly settings: Readonly<Record<string, string>>
  readonly signal: AbortSignal | undefined
}

/** Starts the server under a supervisor and waits until it takes connections. Only under the lock. */
export async function launch(cluster: Cluster, binaries: Binaries, options: LaunchOptions): Promise<number> {
  await clearStale(cluster.data)
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort()
    const settings = Object.entries({ ...SETTINGS, ...options.settings }).flatMap(([key, value]) => [
      '-c',
      `${key}=${value}`,
    ])
    const from = await rotateLog(cluster)
    const child = await supervise(cluster, {
      file: join(binaries.bin, process.platform === 'win32' ? 'postgres.exe' : 'postgres'),
      args: ['-D', cluster.dataArgument, '-p', String(port), ...settings],
      cwd: cluster.data,
      env: CLEAN_ENV,
      account: cluster.account,
      stop: stopCommand(cluster, binaries),
      port,
      graceMs: options.graceMs,
    })
    if (await untilReady(cluster, child, port, options.signal)) return port
    const said = await readFrom(cluster.log, from)
    // Someone took the port between our look and PostgreSQL's.
    if (attempt < TRIES && /could not bind/.test(said)) continue
    throw serverTrouble(`PostgreSQL does not start in ${cluster.data}`, said)
  }
}

/** Sets a supervisor over a server whose own has died. */
export async function watch(
  cluster: Cluster,
  server: { readonly pid: number; readonly port: number },
  binaries: Binaries,
  graceMs: number,
): Promise<void> {
  const child = await supervise(cluster, { ...server, stop: stopCommand(cluster, binaries), graceMs })
  child.unref()
}

/** Windows has no signals: there pg_ctl speaks to the server. */
export function stopCommand(cluster: Cluster, binaries: Binaries): string[] | undefined {
  if (process.platform !== 'win32') return undefined
  return [join(binaries.bin, 'pg_ctl.exe'), 'stop', '-m', 'fast', '-D', cluster.data]
}

async function supervise(cluster: Cluster, job: object): Promise<ChildProcess> {
  const log = await open(cluster.log, 'a', 0o600)
  try {
    if (cluster.account !== null) await chown(cluster.log, cluster.account.uid, cluster.account.gid)
    const task = { ...job, lock: LOCK, user: USER, passwordFile: cluster.passwordFile }
    const child = spawn(process.execPath, ['--max-old-space-size=64', SUPERVISOR, JSON.stringify(task)], {
      cwd: cluster.home,
      env: CLEAN_ENV,
      detached: true,
      windowsHide: true,
      stdio: ['ignore', log.fd, log.fd],
    })
    // Without a listener a failed spawn would end the process; untilReady sees that nothing came up.
    child.once('error', () => {})
    return child
  } finally {
    await log.close()
  }
}

/** False where the server ended before it was ready. Recovery after a crash may take minutes; the signal ends the wait. */
async function untilReady(cluster: Cluster, child: ChildProcess, port: number, signal?: AbortSignal): Promise<boolean> {
  try {
    while (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      if (signal?.aborted) {
        child.kill('SIGTERM')
        signal.throwIfAborted()
      }
      const server = await findPostmaster(cluster.data)
      if (server?.port === port && server.status === 'ready') return true
      await sleep(10)
    }
    return false
  } finally {
    child.unref()
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: 0, host: '127.0.0.1' }, resolve)
  })
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Keeps the log and one older. Answers where this start's lines begin. */
async function rotateLog({ log }: Cluster): Promise<number> {
  if (!existsSync(log)) return 0
  const { size } = await stat(log)
  if (size < LOG_LIMIT) return size
  await rm(`${log}.old`, { force: true })
  await rename(log, `${log}.old`)
  return 0
}

async function readFrom(file: string, from: number): Promise<string> {
  const handle = await open(file, 'r')
  try {
    const { size } = await handle.stat()
    const length = Math.min(size - from, 64_000)
    const { buffer } = await handle.read(Buffer.alloc(Math.max(length, 1)), 0, length, from)
    return buffer.toString()
  } finally {
    await handle.close()
  }
}
