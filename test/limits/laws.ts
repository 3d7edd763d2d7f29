import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Limiter } from '../../src/limits/types.ts'

/** A limiter as the laws need it. */
export interface Subject {
  /** Two ways in to the same rows: two connections, where there are any. */
  readonly limiters: readonly [Limiter, Limiter]
  /** Lets the rows of a source grow older, as if so many ms had passed since they were slowed down. */
  age(source: string, endpoint: string, ms: number): Promise<void>
}

/** A limiter whose rows can be lost. */
export interface SharedSubject extends Subject {
  forget(source: string): Promise<void>
}

export const endpointOf = (source: string, perSecond: number, endpoint = 'getGroupInfo') => ({
  source,
  endpoint,
  perSecond,
})

/** The most sends in any half-open second. */
export function peak(sends: readonly number[]): number {
  const sorted = [...sends].sort((a, b) => a - b)
  return Math.max(0, ...sorted.map((from) => sorted.filter((at) => at >= from && at < from + 1000).length))
}

let serial = 0
const newSource = () => `law-${process.pid}-${++serial}`
const reserve = async (limiter: Limiter, ...ask: Parameters<Limiter['reserve']>): Promise<number> => {
  const wait = await limiter.reserve(...ask)
  return performance.now() + wait
}

/** The laws of every limiter, on its own clock. `subject` gives a place as far ahead as it is, without a horizon. */
export function limiterLaws(subject: () => Subject): void {
  it('never lets more than the rate into a sliding second, urgent asks and slow-downs included', {
    retry: 2,
  }, async () => {
    const step = fc.record({
      after: fc.oneof(
        { weight: 9, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 30 }) },
      ),
      what: fc.constantFrom('ask', 'ask', 'ask', 'ask', 'ask', 'urgent', 'slowDown', 'pause'),
      who: fc.constantFrom(0, 1),
    })
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), fc.array(step, { maxLength: 80 }), async (perSecond, steps) => {
        const { limiters } = subject()
        const key = endpointOf(newSource(), perSecond)
        const sends: Promise<number>[] = []
        for (const { after, what, who } of steps) {
          if (after > 0) await sleep(after)
          const limiter = limiters[who === 0 ? 0 : 1]
          if (what === 'slowDown') await limiter.slowDown(key, 100)
          else if (what === 'pause') await limiter.pause(key.source, 150)
          else sends.push(reserve(limiter, key, { urgent: what === 'urgent' }))
        }
        expect(peak(await Promise.all(sends))).toBeLessThanOrEqual(perSecond)
      }),
      { numRuns: 15 },
    )
  })

  it('gives out 97 % of the rate, the first place at once, to two that share it', { retry: 2 }, async () => {
    const { limiters } = subject()
    const key = endpointOf(newSource(), 200)
    const first = performance.now()
    const dues = await Promise.all(Array.from({ length: 301 }, (_, n) => reserve(limiters[n % 2 === 0 ? 0 : 1], key)))
    expect(Math.min(...dues) - first).toBeLessThan(100)
    const spanS = (Math.max(...dues) - Math.min(...dues)) / 1000
    expect(300 / spanS).toBeGreaterThan(200 * 0.95)
    expect(300 / spanS).toBeLessThan(200 * 0.99)
    expect(peak(dues)).toBeLessThanOrEqual(200)
  })

  it('keeps endpoints and sources apart, and does not wait where there is no limit', async () => {
    const { limiters } = subject()
    const source = newSource()
    await limiters[0].reserve(endpointOf(source, 1))
    expect(await limiters[1].reserve(endpointOf(source, 1))).toBeGreaterThan(900)
    expect(await limiters[0].reserve(endpointOf(source, 1, 'other'))).toBe(0)
    expect(await limiters[0].reserve(endpointOf(newSource(), 1))).toBe(0)
    const free = endpointOf(source, Number.POSITIVE_INFINITY, 'free')
    expect([await limiters[0].reserve(free), await limiters[1].reserve(free)]).toEqual([0, 0])
  })

  it('"too fast" closes the endpoint for everyone and halves its rate, once for calls refused together; it recovers', async () => {
    const { limiters, age } = subject()
    const key = endpointOf(newSource(), 100)
    await limiters[0].slowDown(key, 300)
    await limiters[1].slowDown(key, 200)
    const gap = async () => {
      const [one, two] = [await limiters[1].reserve(key), await limiters[0].reserve(key)]
      return { wait: one, gap: two - one }
    }
    const slowed = await gap()
    expect(slowed.wait).toBeGreaterThan(200)
    expect(slowed.wait).toBeLessThanOrEqual(300)
    expect(slowed.gap).toBeGreaterThan(10)
    expect(slowed.gap).toBeLessThan(21)
    await age(key.source, key.endpoint, 1000 * 1000)
    await limiters[0].reserve(key) // still at the slowed distance from the last
    expect((await gap()).gap).toBeLessThan(10.4)
    expect(await limiters[0].reserve({ ...key, endpoint: 'other' })).toBe(0)
  })

  it('a shut door closes every endpoint of the source, and of no other; a shorter word does not open it', async () => {
    const { limiters } = subject()
    const [source, other] = [newSource(), newSource()]
    await limiters[0].reserve(endpointOf(source, 5, 'known'))
    await limiters[0].pause(source, 60_000)
    await limiters[1].pause(source, 1000)
    for (const endpoint of ['known', 'new']) {
      const wait = await limiters[1].reserve(endpointOf(source, 5, endpoint))
      expect(wait).toBeGreaterThan(58_000)
      expect(wait).toBeLessThanOrEqual(60_000)
    }
    expect(await limiters[1].reserve(endpointOf(other, 5))).toBe(0)
  })

  it("behind a door shut for long, and at a rate of hardly one call in twenty minutes, nobody gets another's place", async () => {
    const { limiters } = subject()
    const key = endpointOf(newSource(), 1)
    await limiters[0].pause(key.source, 1_200_000)
    const behind = [await limiters[0].reserve(key, { urgent: true }), await limiters[1].reserve(key, { urgent: true })]
    behind.push(await limiters[0].reserve(key))
    const gaps = behind.slice(1).map((wait, n) => wait - (behind[n] ?? 0))
    expect(behind[0]).toBeGreaterThan(1_190_000)
    for (const gap of gaps) expect(gap).toBeGreaterThan(900)
    const slow = endpointOf(newSource(), 1 / 1200)
    await limiters[0].reserve(slow)
    expect(await limiters[1].reserve(slow)).toBeGreaterThan(1_190_000)
  })
}

/** The laws of limiters that many processes share, as they are used: with a horizon of 100 ms. */
export function sharedLaws(subject: () => SharedSubject): void {
  it('a store that has lost its rows is told again what is closed, by whoever has heard it', async () => {
    const { limiters, forget } = subject()
    const key = endpointOf(newSource(), 5)
    for (const close of [
      () => limiters[0].pause(key.source, 60_000),
      () => limiters[0].slowDown(key, 120_000), // longer than the door is still shut
    ]) {
      await close()
      await forget(key.source)
      for (const limiter of limiters) expect(await limiter.reserve(key, { urgent: true })).toBeGreaterThan(58_000)
    }
    expect(await limiters[1].reserve(key, { urgent: true })).toBeGreaterThan(118_000)
  })

  it('an urgent ask waits for the horizon at most, however many stand in line, and the rate still holds', {
    retry: 2,
  }, async () => {
    const { limiters } = subject()
    const key = endpointOf(newSource(), 30)
    const dues: Promise<number>[] = []
    for (let n = 0; n < 60; n++) dues.push(reserve(limiters[n % 2 === 0 ? 0 : 1], key))
    await sleep(150)
    for (let n = 0; n < 3; n++) {
      const began = performance.now()
      const due = await reserve(limiters[0], key, { urgent: true })
      expect(due - began).toBeLessThan(100 + (n + 2) * 35 + 50)
      dues.push(Promise.resolve(due))
    }
    const all = await Promise.all(dues)
    expect(peak(all)).toBeLessThanOrEqual(30)
    expect(62 / ((Math.max(...all) - Math.min(...all)) / 1000)).toBeGreaterThan(30 * 0.95)
  })

  it('a wait in line ends with the signal, and those behind go on', async () => {
    const { limiters } = subject()
    const key = endpointOf(newSource(), 1)
    await limiters[0].reserve(key)
    const stop = new AbortController()
    const [stopped, behind] = [limiters[0].reserve(key, { signal: stop.signal }), limiters[0].reserve(key)]
    setTimeout(() => stop.abort(new Error('enough')), 50)
    await expect(stopped).rejects.toThrow('enough')
    expect(await behind).toBeLessThanOrEqual(100)
  })
}
