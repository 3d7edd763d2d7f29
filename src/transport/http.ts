import { Agent, request } from 'undici'
import { VendorError } from '../core/errors.ts'
import type { Fault } from '../core/errors.ts'
import type { HttpAnswer, HttpRequest } from '../vendors/types.ts'

export interface HttpOptions {
  /** For one exchange, connecting and reading included. */
  readonly timeoutMs: number
  readonly connections: number
  /** The longest answer that is read, in bytes. */
  readonly maxBytes: number
}

/**
 * More than a source has calls under way (16 batches, 16 walks with three pages ahead each): a call that waited for a
 * socket would be sent later than its place in the limit, and those after it too close behind.
 */
export const CONNECTIONS = 96

/** The sockets of one source. */
export interface Http extends AsyncDisposable {
  /** One exchange, whatever its status. Network trouble is a VendorError; an abort of `signal` throws its reason. */
  exchange(endpoint: string, described: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>
}

/** Codes of Node and undici for what a person can act on. Everything else is passing trouble under its own code. */
const NETWORK: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there: check baseUrl and the network',
  ENOTFOUND: 'the name is not known: check baseUrl and DNS',
  EAI_AGAIN: 'the name could not be looked up: check DNS',
  ECONNRESET: 'the connection broke',
  EPIPE: 'the connection broke',
  UND_ERR_SOCKET: 'the connection broke',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  ETIMEDOUT: 'no connection in time',
}
const CERTIFICATE = /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/

export function createHttp({ timeoutMs, connections, maxBytes }: HttpOptions): Http {
  // The timeout of each exchange is exact; undici's own are coarse and would only get in its way.
  const agent = new Agent({ connections, headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 20_000 })

  async function exchange(endpoint: string, described: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    signal.throwIfAborted()
    const url = urlOf(endpoint, described.url)
    const fail = (fault: Fault, code: string, says: string) =>
      new VendorError(`${url.host} ${endpoint}: ${says}`, { fault, code, endpoint })
    // Not AbortSignal.any: on Node 20 a signal that lives long keeps something of each one derived from it.
    const control = new AbortController()
    const stop = () => control.abort()
    const timer = setTimeout(stop, timeoutMs)
    signal.addEventListener('abort', stop, { once: true })
    try {
      const { method, headers = {}, body = null } = described
      const answer = await request(url, { dispatcher: agent, method, headers, body, signal: control.signal })
      const text = await readText(answer.body, maxBytes)
      if (text === null) throw fail('tooBig', 'too long', `the answer has more than ${maxBytes} bytes`)
      return { status: answer.statusCode, headers: answer.headers, text }
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof VendorError) throw error
      if (control.signal.aborted) throw fail('retry', 'timeout', `no answer within ${timeoutMs} ms`)
      const code = codeOf(error)
      if (CERTIFICATE.test(code)) throw fail('stop', code, `its certificate is not trusted (${code}): check baseUrl`)
      throw fail('retry', code, `${NETWORK[code] ?? 'the exchange failed'} (${code})`)
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    }
  }

  return { exchange, [Symbol.asyncDispose]: () => agent.destroy() }
}

/** Node's own error for a bad URL quotes it whole, secrets of the query included. */
function urlOf(endpoint: string, text: string): URL {
  if (URL.canParse(text)) return new URL(text)
  const message = `${endpoint}: the address of the vendor is not a URL: check baseUrl`
  throw new VendorError(message, { fault: 'stop', code: 'URL', endpoint })
}

/** Null when the body is longer than allowed; the rest of it is not read. */
async function readText(body: AsyncIterable<unknown>, maxBytes: number): Promise<string | null> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array)) continue
    size += chunk.length
    if (size > maxBytes) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** The code of an error or of what caused it. Its message is left out: no telling what it quotes. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if ('code' in error && typeof error.code === 'string') return error.code
  return error.cause === undefined ? error.name : codeOf(error.cause)
}
