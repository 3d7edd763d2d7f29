import { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/** First key of the advisory locks in the database `postgres`; the second: 0 held shared by clients, 1 by the supervisor. */
export const LOCK = 0x726f_6c6c
export const DATABASE = 'rollcall'
const SUPERVISED = `SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = $1 AND objid = 1 AND granted) AS yes`
const OTHERS = `SELECT count(*)::int AS others FROM pg_stat_activity
  WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND application_name <> 'rollcall-supervisor'`
const RECONNECT_MS = 500

export interface Address {
  readonly port: number
  readonly user: string
  readonly password: string
}

/**
 * One connection that stands for this process while it lives: the server stays up as long as anyone has one. Pools may
 * let their connections go in idle times. It does not keep the process alive.
 */
export class Session {
  readonly #address: Address
  #client: pg.Client
  #closed = false

  private constructor(address: Address, client: pg.Client) {
    this.#address = address
    this.#client = client
    this.#hold(client)
  }

  /** Rejects where the server starts, stops or is another: the password proves that it is ours. */
  static async open(address: Address): Promise<Session> {
    return new Session(address, await connect(address))
  }

  async isSupervised(): Promise<boolean> {
    const { rows } = await this.#client.query<{ yes: boolean }>(SUPERVISED, [LOCK])
    return rows[0]?.yes === true
  }

  async ensureDatabase(): Promise<void> {
    const { rowCount } = await this.#client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE])
    if (rowCount === 0) await this.#client.query(`CREATE DATABASE ${DATABASE}`)
  }

  /** True when nobody else is there: then the door is shut, and the server is to be stopped before `end`. */
  async leave(): Promise<boolean> {
    this.#closed = true
    const { stream } = this.#client.connection
    if (stream instanceof Socket) stream.ref()
    try {
      await this.#client.query('SELECT pg_advisory_unlock_shared($1::int, 0)', [LOCK])
      const { rows } = await this.#client.query<{ shut: boolean }>('SELECT pg_try_advisory_lock($1::int, 0) AS shut', [
        LOCK,
      ])
      return rows[0]?.shut === true && (await this.#isAlone())
    } catch {
      return false
    }
  }

  async end(): Promise<void> {
    await this.#client.end().catch(() => {})
  }

  /** The sessions of a pool just closed take a moment to go. */
  async #isAlone(): Promise<boolean> {
    for (let look = 0; look < 10; look += 1) {
      const { rows } = await this.#client.query<{ others: number }>(OTHERS)
      if (rows[0]?.others === 0) return true
      await sleep(20)
    }
    return false
  }

  /** The crash of one session makes PostgreSQL cut all of them: come back then. */
  #hold(client: pg.Client): void {
    this.#client = client
    const { stream } = client.connection
    if (stream instanceof Socket) stream.unref()
    client.once('end', () => {
      if (!this.#closed) void this.#comeBack()
    })
  }

  async #comeBack(): Promise<void> {
    for (let attempt = 0; attempt < 60 && !this.#closed; attempt += 1) {
      await sleep(RECONNECT_MS, undefined, { ref: false })
      try {
        this.#hold(await connect(this.#address))
        return
      } catch {
        // Still recovering, or gone for good: the pools tell.
      }
    }
  }
}

async function connect({ port, user, password }: Address): Promise<pg.Client> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user,
    password,
    database: 'postgres',
    application_name: 'rollcall-session',
    connectionTimeoutMillis: 10_000,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    // Waits while a supervisor that stops the server holds the door; then the connection breaks.
    await client.query('SELECT pg_advisory_lock_shared($1::int, 0)', [LOCK])
    return client
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  }
}
