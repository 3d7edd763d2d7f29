import { createServer, connect, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

/** A proxy on the way to a server that can go silent: connections stay open, and nothing comes through any more. */
export interface HalfOpen extends AsyncDisposable {
  readonly port: number
  /** Bytes that came through, both ways. */
  readonly passed: number
  /** Silent once so many more bytes have come through; 0 at once. */
  silenceAfter(bytes: number): void
  /** Silent at once and for good is what is open now; new connections come through. */
  silenceOpen(): void
  /** Whatever is open breaks, and new connections come through again. */
  mend(): void
  /** New connections go to this port from now on; what is open stays. */
  leadTo(port: number): void
}

export async function halfOpen(host: string, port: number): Promise<HalfOpen> {
  const sockets = new Set<Socket>()
  const silent = new WeakSet<Socket>()
  let target = port
  let passed = 0
  let limit = Number.POSITIVE_INFINITY
  const pipe = (from: Socket, to: Socket) => {
    from.on('data', (bytes) => {
      passed += bytes.length
      if (passed <= limit && !silent.has(from)) to.write(bytes)
    })
    from.on('error', () => to.destroy())
    from.on('close', () => (passed <= limit && !silent.has(from) ? to.destroy() : null))
    sockets.add(from)
  }
  const server = createServer((client) => {
    const upstream = connect(target, host)
    pipe(client, upstream)
    pipe(upstream, client)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const drop = () => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  return {
    port: (server.address() as AddressInfo).port,
    get passed() {
      return passed
    },
    silenceAfter(bytes) {
      limit = passed + bytes
    },
    silenceOpen() {
      for (const socket of sockets) silent.add(socket)
    },
    leadTo(next) {
      target = next
    },
    mend() {
      limit = Number.POSITIVE_INFINITY
      drop()
    },
    async [Symbol.asyncDispose]() {
      drop()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
