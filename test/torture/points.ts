import { readdirSync, readFileSync } from 'node:fs'
import type { PoolClient } from 'pg'
import { createPool } from '../../src/store/pool.ts'
import type { Send } from '../../src/vendors/types.ts'

/** Named points at the seams of a run: before and after each statement (commits among them) and each vendor call. */
export interface Points {
  /** Those passed so far, in order; a name that comes again is numbered. */
  readonly passed: readonly string[]
  readonly pool: ReturnType<typeof createPool>
  readonly send: Send
  end(): Promise<void>
}

/** `kill`: from the point on nothing happens any more. `cut`: the connections break there, and the run sees it. */
export type Blow = { readonly at: string; readonly how: 'kill' | 'cut' }

export class Killed extends Error {
  override readonly name = 'Killed'
}

const folder = new URL('../../src/store/sql/', import.meta.url)
const NAMES = new Map(
  readdirSync(folder).map((file) => [readFileSync(new URL(file, folder), 'utf8'), file.replace('.sql', '')] as const),
)

/** The seams of a run over a database and a vendor, wrapped so that they can be counted, and broken at one of them. */
export function instrument(url: string, send: Send, blow: Blow | null): Points {
  const passed: string[] = []
  const times = new Map<string, number>()
  const clients = new Set<PoolClient>()
  const pool = createPool(url, { max: 6 })
  let dead = false

  function pass(name: string): void {
    if (dead) throw new Killed(`nothing happens after ${blow?.at}`)
    const count = (times.get(name) ?? 0) + 1
    times.set(name, count)
    const point = count === 1 ? name : `${name}#${count}`
    passed.push(point)
    if (point !== blow?.at) return
    dead = blow.how === 'kill'
    for (const client of clients) socketOf(client)?.destroy()
    if (dead) throw new Killed(point)
  }

  pool.on('connect', (client) => {
    clients.add(client)
    client.on('error', () => {})
    client.once('end', () => clients.delete(client))
    Object.assign(client, { query: passing(client.query.bind(client) as Query, pass) })
  })
  const connect = pool.connect.bind(pool) as (callback?: unknown) => Promise<PoolClient>
  Object.assign(pool, {
    connect: (callback?: (error: Error) => void) => {
      if (!dead) return callback === undefined ? connect() : connect(callback)
      const killed = new Killed('no connection after the end')
      return callback === undefined ? Promise.reject(killed) : setImmediate(() => callback(killed))
    },
  })
  return {
    passed,
    pool,
    send: async (call, signal) => {
      pass(`call:${call.endpoint}:before`)
      const answer = await send(call, signal)
      pass(`call:${call.endpoint}:after`)
      return answer
    },
    async end() {
      for (const client of clients) socketOf(client)?.destroy()
      await Promise.race([pool.end().catch(() => null), new Promise((resolve) => setTimeout(resolve, 500))])
    },
  }
}

type Query = (...args: unknown[]) => unknown

/** The same statement, with a point before and after it. */
export function passing(query: Query, pass: (name: string) => void): Query {
  return (...args) => {
    const name = `sql:${nameOf(args[0])}`
    const callback = args.at(-1)
    try {
      pass(`${name}:before`)
    } catch (error) {
      if (typeof args[0] === 'object' && args[0] !== null && 'submit' in args[0]) throw error // COPY: the caller has a stream of it
      if (typeof callback !== 'function') return Promise.reject(error as Error)
      return setImmediate(() => (callback as (error: unknown) => void)(error))
    }
    const after = <T>(value: T): T => (pass(`${name}:after`), value)
    if (typeof callback === 'function') {
      return query(...args.slice(0, -1), (error: unknown, result: unknown) => {
        let late = error
        try {
          if (!error) after(null)
        } catch (killed) {
          late = killed
        }
        ;(callback as (error: unknown, result: unknown) => void)(late, result)
      })
    }
    const answer = query(...args)
    return answer instanceof Promise ? answer.then(after) : answer
  }
}

function socketOf(client: PoolClient): { destroy(): void } | undefined {
  return (client as unknown as { connection?: { stream?: { destroy(): void } } }).connection?.stream
}

function nameOf(query: unknown): string {
  const said = typeof query === 'string' ? query : ((query as { text?: string } | null)?.text ?? 'copy')
  return NAMES.get(said) ?? said.trim().split(/\s+/).slice(0, 3).join(' ').replace(/["';]/g, '')
}
