import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { inspect } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { VendorError } from '../../src/core/errors.ts'
import type { Fault } from '../../src/core/errors.ts'
import { createMemoryLimiter } from '../../src/limits/memory.ts'
import { createTransport } from '../../src/transport/transport.ts'
import type { TransportOptions } from '../../src/transport/transport.ts'
import type { Call } from '../../src/vendors/types.ts'

const SECRET = 'eJwtisEKwjAQBf9lr0pNbG0l4FFEakEx4jmabVmkNSSrFMV'
const cleanUps: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const clean of cleanUps.splice(0)) await clean()
})

/** A server that answers with the handlers in turn, the last one for ever; a transport whose sleeps pass at once. */
async function setUp(
  handlers: readonly ((request: IncomingMessage, response: ServerResponse) => void)[],
  options: Partial<TransportOptions> = {},
) {
  let served = 0
  const server = createServer((request, response) => {
    handlers[Math.min(served++, handlers.length - 1)]?.(request, response)
  })
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    })
  })
  cleanUps.push(
    () =>
      new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      }),
  )
  const clock = { at: 0, now: () => clock.at }
  const slept: number[] = []
  const logged: unknown[] = []
  const transport = createTransport({
    source: 'acme',
    limiter: createMemoryLimiter(clock),
    rates: { call: Number.POSITIVE_INFINITY, other: Number.POSITIVE_INFINITY },
    timeoutMs: 2000,
    clock,
    random: () => 0.5,
    async sleep(ms, signal) {
      signal.throwIfAborted()
      slept.push(ms)
      clock.at += ms
    },
    log: { warn: (fields, message) => logged.push([fields, message]) },
    ...options,
  })
  cleanUps.push(async () => transport[Symbol.asyncDispose]())
  return { transport, clock, slept, logged, url: `http://127.0.0.1:${port}/v4?usersig=${SECRET}`, served: () => served }
}

const ok = (_: IncomingMessage, response: ServerResponse) => response.end('fine')
const word = (text: string) => (_: IncomingMessage, response: ServerResponse) => response.end(text)

/** The first word of an answer is its fault, `fine` is none; the second the wait in ms. */
function call(url: string, more: Partial<Call<string>> = {}): Call<string> {
  return {
    endpoint: 'call',
    request: () => ({ method: 'POST', url, headers: { 'x-secret': SECRET }, body: SECRET }),
    parse({ text }) {
      if (text === 'fine') return text
      const [fault = 'bug', wait = '0'] = text.split(' ')
      throw new VendorError(`the vendor says ${fault}`, {
        fault: fault as Fault,
        code: fault,
        endpoint: 'call',
        waitMs: Number(wait),
      })
    },
    ...more,
  }
}
const live = () => new AbortController().signal

describe('the transport', () => {
  it('sends method, headers and body, and gives the answer with its status and headers to parse', async () => {
    const { transport, url } = await setUp([
      (request, response) => {
        response.writeHead(418, { 'x-answer': 'yes' })
        let body = ''
        request.on('data', (chunk: Buffer) => (body += chunk.toString()))
        request.on('end', () => response.end(`${request.method} ${String(request.headers['x-secret'])} ${body}`))
      },
    ])
    const answer = await transport.send(
      call(url, { parse: ({ status, headers, text }) => `${status} ${String(headers['x-answer'])} ${text}` }),
      live(),
    )
    expect(answer).toBe(`418 yes POST ${SECRET} ${SECRET}`)
    expect(transport.calls()).toEqual({ call: 1 })
  })

  it('repeats passing trouble with a new request each time, counts every try, then gives up', async () => {
    let made = 0
    const { transport, url, slept, served } = await setUp([word('retry')])
    const request = () => ({ method: 'GET' as const, url: `${url}&n=${made++}` })
    await expect(transport.send(call(url, { request }), live())).rejects.toMatchObject({
      fault: 'retry',
      message: 'the vendor says retry (still so after 5 tries)',
    })
    expect([made, served(), transport.calls()['call']]).toEqual([5, 5, 5])
    expect(slept).toEqual([200, 400, 800, 1600])
  })

  it('honours the wait that the vendor asks for', async () => {
    const { transport, url, slept } = await setUp([word('retry 7000'), ok])
    await transport.send(call(url), live())
    expect(slept).toEqual([7200])
  })

  it('slows down when told it was too fast, for others too', async () => {
    const limited: unknown[] = []
    const { transport, url, slept } = await setUp([word('rateLimited 3000'), word('rateLimited'), ok], {
      limiter: {
        reserve: async () => 0,
        slowDown: async (key, ms) => void limited.push([key, ms]),
        pause: async () => {},
      },
    })
    await transport.send(call(url), live())
    const key = { source: 'acme', endpoint: 'call', perSecond: Number.POSITIVE_INFINITY }
    expect(limited).toEqual([
      [key, 3200],
      [key, 1200],
    ])
    expect(slept).toEqual([3200, 1200])
    expect(transport.rateLimited()).toBe(2)
  })

  it('voids places reserved before the door was shut', async () => {
    const order: string[] = []
    const { transport, url } = await setUp([word('pause'), ok], {
      limiter: {
        reserve: async ({ endpoint }, options) => {
          order.push(`${endpoint}${options?.urgent ? ' urgent' : ''}`)
          return endpoint === 'other' ? 50 : 0
        },
        slowDown: async () => {},
        pause: async (source, ms) => void order.push(`pause ${source} ${ms}`),
      },
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 200))),
    })
    await Promise.all([transport.send(call(url), live()), transport.send(call(url, { endpoint: 'other' }), live())])
    expect(order).toEqual(['call', 'other', 'pause acme 60000', 'other', 'call urgent'])
  })

  it('renews a credential once, then stops', async () => {
    let renewed = 0
    const { transport, url, served } = await setUp([word('renew')])
    const renew = async () => void renewed++
    await expect(transport.send(call(url, { renew }), live())).rejects.toMatchObject({ fault: 'stop' })
    expect([renewed, served()]).toEqual([1, 2])
  })

  it('waits a minute when the door is shut, then stops', async () => {
    const { transport, url, slept, served } = await setUp([word('pause')])
    await expect(transport.send(call(url), live())).rejects.toMatchObject({ fault: 'stop' })
    expect(served()).toBe(2)
    expect(slept[0]).toBeGreaterThanOrEqual(60_000)
  })

  it.each(['stop', 'gone', 'forbidden', 'tooBig', 'bug'])('throws %s at once', async (fault) => {
    const { transport, url, served } = await setUp([word(fault)])
    await expect(transport.send(call(url), live())).rejects.toMatchObject({ fault })
    expect(served()).toBe(1)
  })

  it('asks the limiter for every try, and fails when the limiter does', async () => {
    const { transport, url, served } = await setUp([ok], {
      limiter: {
        reserve: () => Promise.reject(new Error('the store is down')),
        slowDown: async () => {},
        pause: async () => {},
      },
    })
    await expect(transport.send(call(url), live())).rejects.toThrow('the store is down')
    expect(served()).toBe(0)
  })

  it('keeps the pace of real time', async () => {
    const seen: number[] = []
    const answer = (_: IncomingMessage, response: ServerResponse) => {
      seen.push(performance.now())
      response.end('fine')
    }
    const { transport, url } = await setUp([answer], {
      limiter: createMemoryLimiter(),
      rates: { call: 100 },
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    })
    await Promise.all(Array.from({ length: 21 }, () => transport.send(call(url), live())))
    expect((seen.at(-1) ?? 0) - (seen[0] ?? 0)).toBeGreaterThan(180)
  })

  it('says what it waits for', async () => {
    let wake: () => void = () => {}
    const { transport, url } = await setUp([ok], {
      limiter: { reserve: async () => 900, slowDown: async () => {}, pause: async () => {} },
      sleep: () => new Promise((resolve) => (wake = resolve)),
    })
    expect(transport.waiting()).toBeNull()
    const sent = transport.send(call(url), live())
    await new Promise(setImmediate)
    expect(transport.waiting()).toEqual({ endpoint: 'call', ms: 900, why: 'limit' })
    wake()
    await sent
    expect(transport.waiting()).toBeNull()
  })
})

describe('the network', () => {
  it.each([
    ['reset', (_: IncomingMessage, response: ServerResponse) => void response.destroy(), 'the connection broke'],
    [
      'an answer cut short',
      (_: IncomingMessage, response: ServerResponse) => {
        response.writeHead(200, { 'content-length': '100' })
        response.write('{"half":')
        setTimeout(() => response.destroy(), 5)
      },
      'the connection broke',
    ],
    ['no answer', () => {}, 'no answer within 60 ms'],
  ])('%s is passing trouble', async (_, handler, says) => {
    const { transport, url, served } = await setUp([handler, handler, ok], { timeoutMs: 60 })
    expect(await transport.send(call(url), live())).toBe('fine')
    expect(served()).toBe(3)
    const broken = await setUp([handler], { timeoutMs: 60, patience: { attempts: 1 } })
    await expect(broken.transport.send(call(broken.url), live())).rejects.toThrow(says)
  })

  it('says that nobody listens', async () => {
    const { transport } = await setUp([ok], { patience: { attempts: 2 } })
    const url = 'http://127.0.0.1:1/'
    await expect(transport.send(call(url), live())).rejects.toMatchObject({
      fault: 'retry',
      code: 'ECONNREFUSED',
      message:
        '127.0.0.1:1 call: nobody listens there: check baseUrl and the network (ECONNREFUSED) (still so after 2 tries)',
    })
  })

  it('does not read more than it is allowed to', async () => {
    const { transport, url } = await setUp([word('x'.repeat(5000))], { maxBytes: 1000 })
    await expect(transport.send(call(url), live())).rejects.toMatchObject({ fault: 'tooBig' })
  })

  it('ends at the abort of its signal: in an exchange, in a wait, and before either', async () => {
    const reason = new Error('the process ends')
    for (const handlers of [[() => {}], [word('retry 9999')]]) {
      const control = new AbortController()
      const { transport, url } = await setUp(handlers, {
        sleep: (_, signal) =>
          new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      })
      setTimeout(() => control.abort(reason), 50)
      await expect(transport.send(call(url), control.signal)).rejects.toBe(reason)
      await expect(transport.send(call(url), control.signal)).rejects.toBe(reason)
      expect(transport.calls()).toEqual({ call: 1 })
    }
  })

  it('never uses more sockets than it may, and warns of no listeners', async () => {
    let open = 0
    let most = 0
    const warnings: Error[] = []
    const onWarning = (warning: Error) => void warnings.push(warning)
    process.on('warning', onWarning)
    const { transport, url } = await setUp(
      [
        (_, response) => {
          most = Math.max(most, ++open)
          setTimeout(() => {
            open--
            response.end('fine')
          }, 5)
        },
      ],
      { connections: 3 },
    )
    const signal = live()
    await Promise.all(Array.from({ length: 40 }, () => transport.send(call(url), signal)))
    process.off('warning', onWarning)
    expect(most).toBe(3)
    expect(warnings).toEqual([])
  })
})

describe('X-08 secrets', () => {
  it('are in no error and in no log', async () => {
    const { transport, url, logged } = await setUp([(_, response) => void response.destroy()])
    const errors: unknown[] = []
    const fails = (bad: string) => transport.send(call(bad), live()).catch((error: unknown) => errors.push(error))
    await fails(url)
    await fails(`nonsense?usersig=${SECRET}`)
    await fails(`http://127.0.0.1:1/?usersig=${SECRET}`)
    await fails(`http://127.0.0.1:99999/?usersig=${SECRET}`)
    await fails(`ftp://127.0.0.1/?usersig=${SECRET}`)
    expect(errors).toHaveLength(5)
    expect(logged.length).toBeGreaterThan(0)
    expect(inspect([errors, logged], { depth: 20, showHidden: true })).not.toContain(SECRET.slice(0, 12))
  })
})
