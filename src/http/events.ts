import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'

const EVERY_MS = 1000
const HEARTBEAT_MS = 15_000

/**
 * Server-sent events: asks once a second and tells what differs from what was told last. Ends with the connection, the
 * server, or when `ended` says so of the last answer.
 */
export async function stream<T extends object>(
  request: FastifyRequest,
  reply: FastifyReply,
  look: () => Promise<T>,
  ended: (seen: T) => boolean = () => false,
): Promise<void> {
  const gone = new AbortController()
  const stop = (): void => gone.abort()
  request.raw.on('close', stop)
  reply.raw.on('close', stop)
  const first = await look()
  reply.hijack()
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) reply.raw.setHeader(name, value)
  reply.raw.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' })
  let told = ''
  let quietSince = performance.now()
  const tell = (seen: T): void => {
    const text = JSON.stringify(seen)
    const now = performance.now()
    if (text !== told) reply.raw.write(`data: ${text}\n\n`)
    else if (now - quietSince > HEARTBEAT_MS) reply.raw.write(': still here\n\n')
    else return
    told = text
    quietSince = now
  }
  try {
    let seen = first
    for (;;) {
      tell(seen)
      if (ended(seen) || gone.signal.aborted) break
      await sleep(EVERY_MS, undefined, { signal: gone.signal })
      seen = await look()
    }
  } catch (error) {
    if (!gone.signal.aborted) request.log.warn({ err: error }, 'a live view ended')
  } finally {
    reply.raw.end()
  }
}
