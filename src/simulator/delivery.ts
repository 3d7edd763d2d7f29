import type { ServerResponse } from 'node:http'
import type { Reply } from './dialect.ts'
import type { TransportFault } from './faults.ts'

/** No client should wait longer than this for an answer that never comes. */
const NEVER_MS = 60_000
const HTML =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body>\r\n</html>\r\n'

/** Answers held back: dropped when the client hangs up or the server closes, so that no timer outlives either. */
export type Held = Set<ReturnType<typeof setTimeout>>

export function send(response: ServerResponse, { status, body, headers }: Reply) {
  if (response.destroyed) return
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...headers,
  })
  response.end(body)
}

/** Sends an answer as a broken network or gateway would. `answer` is asked only by faults that come after the vendor's work. */
export function sendBroken(
  fault: TransportFault,
  response: ServerResponse,
  answer: () => Reply,
  held: Held,
  delayMs: number,
): Reply {
  const html = (status: number): Reply => {
    const reply = { status, body: HTML, answer: fault, headers: { 'content-type': 'text/html' } }
    send(response, reply)
    return reply
  }
  const none: Reply = { status: 0, body: '', answer: fault }
  switch (fault) {
    case 'http502':
      return html(502)
    case 'http503':
      return html(503)
    case 'http429':
      return html(429)
    case 'html':
      return html(200)
    case 'empty':
      send(response, { ...none, status: 200 })
      return none
    case 'reset':
      response.socket?.resetAndDestroy()
      return none
    case 'truncate': {
      const whole = answer()
      send(response, { ...whole, body: whole.body.slice(0, Math.floor(whole.body.length / 2)) })
      return none
    }
    case 'timeout':
      hold(response, held, NEVER_MS, () => response.destroy())
      return none
    case 'slow': {
      const whole = answer()
      hold(response, held, delayMs, () => send(response, whole))
      return whole
    }
    default:
      return fault satisfies never
  }
}

function hold(response: ServerResponse, held: Held, ms: number, then: () => void) {
  const timer = setTimeout(() => {
    held.delete(timer)
    then()
  }, ms)
  held.add(timer)
  response.on('close', () => {
    clearTimeout(timer)
    held.delete(timer)
  })
}
