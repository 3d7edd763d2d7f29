import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { type Embedded, startEmbedded } from '../../src/store/embedded.ts'

/** A PostgreSQL that can be killed. Its commits are as durable as they are for users: only the disk's own cache is trusted. */
export async function startPostgres() {
  const dataDir = mkdtempSync(join(tmpdir(), 'rollcall-torture-pg-'))
  const settings = { fsync: 'off', max_connections: '100' }
  let server: Embedded = await startEmbedded({ dataDir, settings })
  return {
    get url() {
      return server.url
    },
    get port() {
      return Number(new URL(server.url).port)
    },
    /** SIGKILL, and up again, as a service manager would have it. */
    async strike(): Promise<void> {
      const pid = postmaster(dataDir)
      if (pid === null) throw new Error('no postmaster to kill')
      process.kill(pid, 'SIGKILL')
      await Promise.resolve(server[Symbol.asyncDispose]()).catch(() => null)
      server = await startEmbedded({ dataDir, settings })
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

export type Postgres = Awaited<ReturnType<typeof startPostgres>>

export function postmaster(folder: string): number | null {
  if (!existsSync(folder)) return null
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    if (entry.endsWith('postmaster.pid')) return Number(readFileSync(join(folder, entry), 'utf8').split('\n')[0])
  return null
}

/** A Redis that can be started again, with what it held or without. */
export async function startRedis() {
  const dir = mkdtempSync(join(tmpdir(), 'rollcall-torture-redis-'))
  const port = await freePort()
  let child = await redisServer(dir, port)
  return {
    port,
    async strike(keep: 'keep' | 'lose'): Promise<void> {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
      if (keep === 'lose') for (const entry of readdirSync(dir)) rmSync(join(dir, entry), { recursive: true })
      child = await redisServer(dir, port)
    },
    async [Symbol.asyncDispose]() {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

async function redisServer(dir: string, port: number): Promise<ChildProcess> {
  const options = { port, bind: '127.0.0.1', dir, save: '', appendonly: 'yes', appendfsync: 'always' }
  const flags = Object.entries(options).flatMap(([key, value]) => [`--${key}`, String(value)])
  const child = spawn('redis-server', [...flags, '--maxmemory-policy', 'noeviction'], { stdio: 'ignore' })
  const probe = new Redis(port, '127.0.0.1', { retryStrategy: () => 20, maxRetriesPerRequest: null })
  probe.on('error', () => {})
  await probe.ping()
  probe.disconnect()
  return child
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}
