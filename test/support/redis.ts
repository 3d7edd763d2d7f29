import { spawn, type ChildProcess } from 'node:child_process'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterAll } from 'vitest'

export interface TestRedis {
  readonly url: string
  /** Of this file's own keys, which are removed after it. */
  readonly prefix: string
  readonly client: Redis
  /** Removes this file's keys, as a wiped Redis would have lost them. */
  wipe(): Promise<void>
}

let serial = 0

/**
 * REDIS_URL, else what listens on the usual port, else a redis-server of the file's own. Null where there is none: the
 * caller skips, visibly. With CI=true that is a failure.
 */
export async function testRedis(): Promise<TestRedis | null> {
  const given = process.env['REDIS_URL']
  const found = await reachable(given ?? 'redis://127.0.0.1:6379')
  const own = found === null && given === undefined ? await startServer() : null
  const client = found ?? own?.client ?? null
  if (client === null) {
    const why =
      given === undefined ? 'no Redis listens and no redis-server is on the PATH' : 'REDIS_URL does not answer'
    if (process.env['CI'] === 'true') throw new Error(`${why}: the tests against Redis cannot run`)
    console.warn(`${why}: the tests against Redis are skipped`)
    return null
  }
  serial += 1
  const prefix = `rollcall-test-${process.pid}-${Date.now().toString(36)}-${serial}`
  const wipe = () => removeKeys(client, prefix)
  afterAll(async () => {
    await wipe().catch(() => null) // a test may have stopped its server
    client.disconnect()
    own?.child.kill('SIGKILL')
  })
  return { url: own?.url ?? given ?? 'redis://127.0.0.1:6379', prefix, client, wipe }
}

async function removeKeys(client: Redis, prefix: string): Promise<void> {
  for await (const keys of client.scanStream({ match: `${prefix}*`, count: 1000 }) as AsyncIterable<string[]>)
    if (keys.length > 0) await client.del(...keys)
}

async function reachable(url: string, patienceMs = 0): Promise<Redis | null> {
  const deadline = Date.now() + patienceMs
  do {
    const client = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 1, retryStrategy: () => null })
    client.on('error', () => {})
    try {
      await client.connect()
      await client.ping()
      return client
    } catch {
      client.disconnect()
    }
    await sleep(25)
  } while (Date.now() < deadline)
  return null
}

async function startServer(): Promise<{ client: Redis; url: string; child: ChildProcess } | null> {
  const port = await freePort()
  const child = spawn(
    'redis-server',
    [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      '--maxmemory-policy',
      'noeviction',
    ],
    { stdio: 'ignore' },
  )
  const absent = new Promise<null>((resolve) => child.once('error', () => resolve(null)))
  const url = `redis://127.0.0.1:${port}`
  const client = await Promise.race([absent, reachable(url, 10_000)])
  if (client !== null) return { client, url, child }
  child.kill('SIGKILL')
  return null
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
