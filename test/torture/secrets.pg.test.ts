import { expect, test } from 'vitest'
import { createLog } from '../../src/log.ts'
import { createMemoryLimiter } from '../../src/limits/memory.ts'
import { syncSource } from '../../src/sync/sync-source.ts'
import { createTransport } from '../../src/transport/transport.ts'
import { createVendor } from '../../src/vendors/index.ts'
import { DIALECTS, VENDORS } from '../support/dialects.ts'
import { dump } from '../support/facts.ts'
import { leaked, madeOfSecrets } from './encodings.ts'
import { FAULTS, TRANSPORT } from './faults.ts'
import { createScene } from './scene.ts'

/**
 * Secrets and what is made of them (signatures, tokens, checksums) across the fault matrix: nowhere in results, errors,
 * logs at trace or any table, neither as they are nor encoded.
 */

test.each(VENDORS)(
  '%s: every fault, and no secret anywhere',
  async (vendor) => {
    const scene = await createScene(vendor, 21)
    const { rig } = scene
    await using _ = rig
    const dialect = DIALECTS[vendor]
    let said = ''
    // Without being told the secrets: what it scrubs is known by its name, and the rest must never reach it.
    const log = createLog({ level: 'trace', stream: { write: (line) => (said += line) } })
    const rates = new Proxy<Record<string, number>>({}, { get: () => Number.POSITIVE_INFINITY })
    await using transport = createTransport({
      source: 'acme',
      limiter: createMemoryLimiter(rig.clock),
      rates,
      timeoutMs: 150,
      sleep: (ms) => Promise.resolve(rig.clock.advance(Math.ceil(ms))),
      log,
    })
    const adapter = createVendor(dialect.config(rig.sim.url), { send: transport.send, clock: rig.deps.clock })
    const results: unknown[] = []
    const { passing, stop, local } = FAULTS[vendor]
    const made = new Set<string>()
    for (const name of [...passing, ...stop, ...local, ...TRANSPORT]) {
      rig.sim.addFault({ name, rate: 0.6 })
      rig.clock.advance(60_000)
      const result = await syncSource(
        { ...rig.deps, log },
        { ...rig.source, vendor: adapter },
        {},
        new AbortController().signal,
      ).catch((error: unknown) => [String(error), (error as Error).stack, JSON.stringify(error)])
      results.push(result)
      rig.sim.clearFaults()
      for (const text of madeOfSecrets(rig.sim.seen)) made.add(text)
      rig.sim.clearSeen()
    }
    expect(made.size).toBeGreaterThan(0)
    const everything = [said, JSON.stringify(results), await dump(rig.pool)].join('\n')
    expect(leaked(everything, [...dialect.secrets, ...made])).toEqual([])
  },
  240_000,
)
