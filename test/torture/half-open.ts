import { createServer, connect, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

/** A proxy on the way to a server that can go silent: connections stay open, and nothing comes through any more. */
export interface HalfOpen extends AsyncDisposable {
  readonly port: number
  /** Bytes that came through, both ways. */
  readonly passed: number
  /** Silent once so many more bytes have come through; 0 at once. */
  silenceAfter(bytes: number): void
  /** Whatever is open breaks, and new connections come through again. */
  mend(): void
}

export async function halfOpen(host: string, port: number): Promise<HalfOpen> {
  const sockets = new Set<Socket>()
  let passed = 0
  let limit = Number.POSITIVE_INFINITY
  const pipe = (from: Socket, to: Socket) => {
    from.on('data', (bytes) => {
      passed += bytes.length
      if (passed <= limit) to.write(bytes)
    })
    from.on('error', () => to.destroy())
    from.on('close', () => (passed <= limit ? to.destroy() : null))
    sockets.add(from)
  }
  const server = createServer((client) => {
    const upstream = connect(port, host)
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
