import { expect, test } from 'vitest'
import { explainDatabaseError } from '../../src/store/explain.ts'
import { createPool } from '../../src/store/pool.ts'
import { createRuns } from '../../src/store/runs.ts'
import { syncSource } from '../../src/sync/sync-source.ts'
import { createVendor } from '../../src/vendors/index.ts'
import { DIALECTS } from '../support/dialects.ts'
import { halfOpen } from './half-open.ts'
import { notExact, violations } from './oracle.ts'
import { createScene } from './scene.ts'

/** Half-open connections: nothing is refused and nothing comes. Whoever waits gives up in time, and the next sync is exact. */

const signal = new AbortController().signal

test.each([0, 500, 3000, 12_000])(
  'PostgreSQL goes silent after %i bytes of a sync',
  async (bytes) => {
    const { rig } = await createScene('tencent', 5 + bytes)
    await using _ = rig
    const { hostname, port, ...url } = new URL(rig.url)
    await using proxy = await halfOpen(hostname, Number(port))
    const through = new URL(rig.url)
    through.port = String(proxy.port)
    const pool = createPool(through.href, { max: 4, silenceMs: 400 })
    const runs = createRuns(pool)
    expect(url).toBeDefined()
    proxy.silenceAfter(bytes)
    const began = Date.now()
    const failure = await syncSource({ ...rig.deps, pool, runs }, rig.source, {}, signal).then(
      () => null,
      (error: unknown) => error,
    )
    expect(failure).toBeInstanceOf(Error)
    expect(Date.now() - began).toBeLessThan(20_000)
    expect(explainDatabaseError(failure)?.message ?? String(failure)).toMatch(/does not answer|cut|timeout|refuse/i)
    proxy.mend()
    await pool.end().catch(() => null)
    expect(await violations(rig)).toEqual([])
    expect(await rig.sync()).toMatchObject({ verdict: 'complete' })
    expect(await notExact(rig)).toEqual([])
  },
  60_000,
)

test('the vendor goes silent in the middle of a sync', async () => {
  const { rig } = await createScene('tencent', 9)
  await using _ = rig
  const { hostname, port } = new URL(rig.sim.url)
  await using proxy = await halfOpen(hostname, Number(port))
  const config = DIALECTS.tencent.config(`http://127.0.0.1:${proxy.port}`)
  const vendor = createVendor(config, { send: rig.transport.send, clock: rig.deps.clock })
  proxy.silenceAfter(2500)
  const result = await syncSource(rig.deps, { ...rig.source, vendor }, {}, signal)
  expect(result.verdict).not.toBe('complete')
  expect(result.notes.join()).toContain('no answer within 150 ms')
  expect(await violations(rig)).toEqual([])
  expect(await rig.sync()).toMatchObject({ verdict: 'complete' })
  expect(await notExact(rig)).toEqual([])
}, 60_000)
