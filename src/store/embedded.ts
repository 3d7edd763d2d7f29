import { spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { OperatorError } from '../core/errors.ts'
import { findBinaries, type Binaries } from './embedded/binaries.ts'
import { createData, openCluster, readPassword, USER, type Cluster } from './embedded/cluster.ts'
import { launch, stopCommand, watch } from './embedded/launch.ts'
import { withLock } from './embedded/lock.ts'
import { findPostmaster, untilGone, type Postmaster } from './embedded/postmaster.ts'
import { DATABASE, Session } from './embedded/session.ts'
import { fileTrouble } from './embedded/trouble.ts'

const STOP_MS = 60_000
const ATTACH_MS = 10 * 60_000

export interface EmbeddedOptions {
  /** The server's files lie under `<dataDir>/postgres`. Processes that name the same folder share one server. */
  readonly dataDir: string
  /** Ends the wait for a start. */
  readonly signal?: AbortSignal
  /** How long the server outlives the last client of a killed process, in ms (default 3000). */
  readonly graceMs?: number
  /** PostgreSQL settings over ours, when this call starts the server. Tests turn durability off. */
  readonly settings?: Readonly<Record<string, string>>
}

/** A PostgreSQL that this process uses. Disposing of the last user's stops the server. */
export interface Embedded extends AsyncDisposable {
  /** With the password: not to be shown. */
  readonly url: string
}

/** Starts the PostgreSQL of a data folder, or attaches to it where another process has started it. */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  try {
    const cluster = await openCluster(options.dataDir)
    const binaries = await findBinaries(options.signal)
    const [session, port] = await withLock(cluster.lock, options.signal, () => enter(cluster, binaries, options))
    const password = await readPassword(cluster)
    return {
      url: `postgresql://${USER}:${password}@127.0.0.1:${port}/${DATABASE}`,
      [Symbol.asyncDispose]: once(() => leave(session, cluster, binaries)),
    }
  } catch (error) {
    options.signal?.throwIfAborted()
    throw fileTrouble(`the embedded PostgreSQL cannot work in ${options.dataDir}`, error)
  }
}

/** Attaches or starts, under the lock. */
async function enter(cluster: Cluster, binaries: Binaries, options: EmbeddedOptions): Promise<[Session, number]> {
  const { signal, graceMs = 3_000, settings = {} } = options
  for (let attempt = 1; ; attempt += 1) {
    const found = await attach(cluster, signal)
    if (found !== null) {
      const [session, server] = found
      if (!(await session.isSupervised())) await watch(cluster, server, binaries, graceMs)
      return [session, server.port]
    }
    await createData(cluster, binaries, signal)
    const password = await readPassword(cluster)
    const port = await launch(cluster, binaries, { graceMs, settings, signal })
    try {
      const session = await Session.open({ port, user: USER, password })
      await session.ensureDatabase()
      return [session, port]
    } catch (error) {
      if (attempt >= 3) throw error
    }
  }
}

/** Null where no server runs; waits while one starts or stops. */
async function attach(cluster: Cluster, signal?: AbortSignal): Promise<[Session, Postmaster] | null> {
  const deadline = Date.now() + ATTACH_MS
  let refusal: unknown
  while (Date.now() < deadline) {
    signal?.throwIfAborted()
    const server = await findPostmaster(cluster.data)
    if (server === null) return null
    if (server.status === 'ready') {
      try {
        const session = await Session.open({ port: server.port, user: USER, password: await readPassword(cluster) })
        await session.ensureDatabase()
        return [session, server]
      } catch (error) {
        if (error instanceof OperatorError) throw error
        if (error instanceof Error && 'code' in error && error.code === '28P01')
          throw new OperatorError(`the database refuses its own password: restore ${cluster.passwordFile}`, {
            cause: error,
          })
        refusal = error
      }
    }
    await sleep(20)
  }
  throw new OperatorError(`PostgreSQL in ${cluster.data} does not become ready: see ${cluster.log}`, { cause: refusal })
}

async function leave(session: Session, cluster: Cluster, binaries: Binaries): Promise<void> {
  try {
    if (!(await session.leave())) return
    const server = await findPostmaster(cluster.data)
    if (server === null) return
    const stop = stopCommand(cluster, binaries)
    if (stop === undefined) process.kill(server.pid, 'SIGINT')
    else spawnSync(stop[0] ?? '', stop.slice(1), { stdio: 'ignore' })
    await untilGone(cluster.data, STOP_MS)
  } finally {
    await session.end()
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => (done ??= work())
}
