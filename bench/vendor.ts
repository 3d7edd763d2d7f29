import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createMemoryLimiter } from '../src/limits/memory.ts'
import { createTransport } from '../src/transport/transport.ts'
import type { SyncSource } from '../src/sync/types.ts'
import { createVendor } from '../src/vendors/index.ts'
import type { Vendor } from '../src/vendors/types.ts'

/** The simulator in its own process. */
export async function serve(what: object): Promise<AsyncDisposable & { readonly url: string }> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('serve.ts', import.meta.url)), JSON.stringify(what)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  if (child.stdout === null || child.stdin === null) throw new Error('the simulator has no streams')
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const { stdin } = child
  return {
    url: line.toString().trim(),
    async [Symbol.asyncDispose]() {
      stdin.end()
      await once(child, 'exit')
    },
  }
}

/** The adapter over the product's transport, limits off; counts calls and the bytes of answers. */
export function client(url: string) {
  const rates = new Proxy<Record<string, number>>({}, { get: () => Number.POSITIVE_INFINITY })
  const transport = createTransport({ source: 'bench', limiter: createMemoryLimiter(), rates, timeoutMs: 60_000 })
  const clock = { now: () => Date.now() }
  const bytes: Record<string, number> = {}
  const vendor: Vendor = createVendor(
    {
      vendor: 'tencent',
      baseUrl: url,
      sdkAppId: 1400000001,
      identifier: 'administrator',
      secretKey: 'bench-key-5f1c7d0e9ab24c36',
    },
    {
      clock,
      send: (call, signal) =>
        transport.send(
          {
            ...call,
            parse(answer) {
              bytes[call.endpoint] = (bytes[call.endpoint] ?? 0) + answer.text.length
              return call.parse(answer)
            },
          },
          signal,
        ),
    },
  )
  const source: SyncSource = {
    name: 'bench',
    vendor,
    discover: { accounts: [], allGroups: true, groups: [], expand: 'none' },
    types: null,
    traffic: { calls: transport.calls, rateLimited: transport.rateLimited, waiting: () => null },
  }
  return {
    source,
    vendor,
    clock,
    bytes,
    calls: transport.calls,
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  }
}
