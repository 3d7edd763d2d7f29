import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { realClock } from './clock.ts'
import { type Held, send, sendBroken } from './delivery.ts'
import type { Dialect, PageInfo, Services, SimRequest } from './dialect.ts'
import { createEasemob, type EasemobApp } from './easemob/index.ts'
import { createFaultBook, isTransportFault } from './faults.ts'
import { createLimits } from './limits.ts'
import { createRandom } from './random.ts'
import { createRecord } from './record.ts'
import { type TencentApp, createTencent } from './tencent/index.ts'
import type { Clock, FaultRule, Seen } from './types.ts'
import { createYunxin, type YunxinApp } from './yunxin/index.ts'

export type SimApp = TencentApp | EasemobApp | YunxinApp

export interface SimulatorOptions {
  apps: readonly SimApp[]
  /** Default: a free one. */
  port?: number
  /** Default `127.0.0.1`. */
  host?: string
  /** Chance of faults and of shuffled answers; default 1. */
  seed?: number
  /** The clock of signatures and limits, default the real one. The worlds have their own. */
  wallClock?: Clock
  /** How many requests `seen` keeps, default 10,000. */
  keepSeen?: number
}

export interface Simulator extends AsyncDisposable {
  url: string
  port: number
  apps: readonly SimApp[]
  /** The last requests, oldest first. */
  readonly seen: readonly Seen[]
  clearSeen(): void
  /** `app/endpoint` → how many of each answer, and `total`. Never cut. */
  counts(): Record<string, Record<string, number> & { total: number }>
  /** `app/endpoint` → the most requests in any sliding second, refused ones included. */
  peakRates(): Record<string, number>
  addFault(rule: FaultRule): void
  clearFaults(): void
  /** Called after each page of members or groups has been computed and before it is sent. Returns what takes it back. */
  onPage(hook: (info: PageInfo) => void): () => void
  close(): Promise<void>
}

/** Starts the simulated vendors on one port; a request's path says which vendor it speaks to. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const names = options.apps.map((app) => app.name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new Error(`two apps are called ${twice}`)
  // Easemob comes last: its paths begin with names that the customer chose.
  const dialects: readonly Dialect[] = [
    createTencent(options.apps.filter((app) => app.vendor === 'tencent')),
    createYunxin(options.apps.filter((app) => app.vendor === 'yunxin')),
    createEasemob(options.apps.filter((app) => app.vendor === 'easemob')),
  ]
  const clock = options.wallClock ?? realClock
  const now = () => clock.now()
  const random = createRandom(options.seed ?? 1)
  const faults = createFaultBook(dialects, random)
  const limits = createLimits(now)
  const record = createRecord(options.keepSeen ?? 10_000)
  const hooks = new Set<(info: PageInfo) => void>()
  const held: Held = new Set()
  const services: Services = {
    now,
    random,
    take(app, endpoint, documented, refusedCounts = false) {
      if (app.limits === 'off') return true
      return limits.take(`${app.name}/${endpoint}`, app.limits?.[endpoint] ?? documented, refusedCounts)
    },
    page(info) {
      for (const hook of hooks) hook(info)
    },
  }

  function respond(request: SimRequest, response: ServerResponse) {
    const dialect = dialects.find((candidate) => candidate.matches(request.path))
    if (!dialect) return send(response, { status: 404, body: '{"error":"no such vendor path"}', answer: '404' })
    const target = dialect.identify(request)
    const app = target.app?.name ?? 'unknown'
    limits.arrive(`${app}/${target.endpoint}`)
    const answer = () => dialect.answer(request, target, services)
    const fault = faults.strike(target, dialect)
    let reply: { answer: string }
    if (fault && isTransportFault(fault.name)) {
      reply = sendBroken(fault.name, response, answer, held, fault.delayMs ?? 1000)
    } else {
      const whole = (fault && dialect.fault(fault.name)) ?? answer()
      send(response, whole)
      reply = whole
    }
    const { endpoint, groupIds, account, body } = target
    const { query, headers } = request
    record.add({ at: now(), app, endpoint, groupIds, account, query, body, headers, answer: reply.answer })
  }

  const server = createServer((message, response) => {
    read(message)
      .then((request) => respond(request, response))
      .catch((error: unknown) => {
        // A bug of the simulator or of a page hook; the client sees what went wrong instead of waiting for nothing.
        const body = JSON.stringify({ simulatorError: error instanceof Error ? error.stack : String(error) })
        if (response.headersSent) response.destroy()
        else send(response, { status: 500, body, answer: 'simulatorError' })
      })
  })
  server.keepAliveTimeout = 60_000
  const host = options.host ?? '127.0.0.1'
  const port = await listen(server, options.port ?? 0, host)

  async function close() {
    for (const timer of held) clearTimeout(timer)
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  }
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    apps: options.apps,
    get seen() {
      return record.seen()
    },
    clearSeen: () => record.clear(),
    counts: () => record.counts(),
    peakRates: () => limits.peaks(),
    addFault: (rule) => faults.add(rule),
    clearFaults: () => faults.clear(),
    onPage(hook) {
      hooks.add(hook)
      return () => void hooks.delete(hook)
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function read(message: IncomingMessage): Promise<SimRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of message) if (Buffer.isBuffer(chunk)) chunks.push(chunk)
  const [path, query] = splitOnce(message.url ?? '/', '?')
  return {
    method: message.method ?? 'GET',
    path,
    query: Object.fromEntries(new URLSearchParams(query)),
    headers: message.headers,
    rawBody: Buffer.concat(chunks).toString('utf8'),
  }
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

function listen(server: ReturnType<typeof createServer>, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      const address = server.address()
      if (address === null || typeof address === 'string') reject(new Error('the simulator has no port'))
      else resolve(address.port)
    })
  })
}
