import { ENDPOINTS } from '../../src/core/endpoints.ts'
import { createMemoryLimiter } from '../../src/limits/memory.ts'
import { type SimApp, startSimulator } from '../../src/simulator/index.ts'
import { createTransport } from '../../src/transport/transport.ts'
import { createVendor, type VendorConfig } from '../../src/vendors/index.ts'

/**
 * A simulated app and an adapter over real sockets, both living by one clock that only sleeps and tests move: waits are
 * exact and take no time.
 */
export async function connect<A extends SimApp>(options: {
  readonly app: A
  readonly clock: { at: number; now(): number }
  readonly config: (url: string) => VendorConfig
  readonly rates?: Readonly<Record<string, number>>
  /** The adapter's clock, where it is not the vendor's. */
  readonly own?: { now(): number }
}) {
  const { app, clock, config, rates = {}, own = clock } = options
  const sim = await startSimulator({ apps: [app], wallClock: clock })
  const slept: number[] = []
  const logged: unknown[] = []
  const unlimited = Object.keys(ENDPOINTS[app.vendor]).map((name) => [name, Number.POSITIVE_INFINITY] as const)
  const transport = createTransport({
    source: 'acme',
    limiter: createMemoryLimiter(clock),
    rates: { ...Object.fromEntries(unlimited), ...rates },
    timeoutMs: 1000,
    clock,
    random: () => 0.5,
    async sleep(ms) {
      slept.push(ms)
      clock.at += ms
    },
    log: { warn: (fields, message) => logged.push([fields, message]) },
  })
  return {
    clock,
    world: app.world,
    sim,
    app,
    transport,
    vendor: createVendor(config(sim.url), { send: transport.send, clock: own }),
    slept,
    logged,
    signal: new AbortController().signal,
    async [Symbol.asyncDispose]() {
      await transport[Symbol.asyncDispose]()
      await sim[Symbol.asyncDispose]()
    },
  }
}
