import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FAULTS } from '../../src/core/errors.ts'
import { NO_TRIES, PATIENCE, nextStep } from '../../src/transport/policy.ts'

const fault = fc.constantFrom(...FAULTS)
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

describe('the policy of repeating', () => {
  it('ends for every sequence of faults, and never waits less than the vendor asks', () => {
    const event = fc.tuple(fault, fc.integer({ min: 0, max: 20_000 }), chance)
    fc.assert(
      fc.property(fc.array(event, { minLength: 40, maxLength: 60 }), (events) => {
        let tries = NO_TRIES
        for (const [what, waitMs, luck] of events) {
          const step = nextStep(what, waitMs, tries, luck, PATIENCE)
          if (step.do === 'giveUp') return
          if ('ms' in step) expect(step.ms).toBeGreaterThanOrEqual(waitMs)
          tries = step.tries
        }
        throw new Error('still going')
      }),
    )
  })

  it('backs off from 0 to a ceiling that doubles, with full jitter', () => {
    const at = (retried: number, luck: number) => nextStep('retry', 0, { ...NO_TRIES, retried }, luck, PATIENCE)
    expect([0, 1, 2, 3].map((n) => at(n, 0))).toMatchObject(Array.from({ length: 4 }, () => ({ do: 'wait', ms: 0 })))
    expect([0, 1, 2, 3].map((n) => at(n, 0.5))).toMatchObject([{ ms: 200 }, { ms: 400 }, { ms: 800 }, { ms: 1600 }])
    expect(at(4, 0.5)).toMatchObject({ do: 'giveUp', fault: 'retry' })
  })

  it('waits a second at least when it was too fast, and is more patient then', () => {
    for (let slowed = 0; slowed < 11; slowed++) {
      const step = nextStep('rateLimited', 0, { ...NO_TRIES, slowed }, 0, PATIENCE)
      expect(step).toMatchObject({ do: 'slowDown', ms: 1000 })
    }
    expect(nextStep('rateLimited', 0, { ...NO_TRIES, slowed: 11 }, 0, PATIENCE).do).toBe('giveUp')
    expect(nextStep('rateLimited', 3_600_000, NO_TRIES, 0, PATIENCE).do).toBe('giveUp')
  })

  it('makes a credential new once, waits out a shut door once, then stops', () => {
    expect(nextStep('renew', 0, NO_TRIES, 0, PATIENCE)).toMatchObject({ do: 'renew', tries: { renewed: 1 } })
    expect(nextStep('renew', 0, { ...NO_TRIES, renewed: 1 }, 0, PATIENCE)).toMatchObject({
      do: 'giveUp',
      fault: 'stop',
    })
    expect(nextStep('pause', 0, NO_TRIES, 0.9, PATIENCE)).toMatchObject({ do: 'pause', ms: 60_000 })
    expect(nextStep('pause', 0, { ...NO_TRIES, paused: 1 }, 0, PATIENCE)).toMatchObject({ do: 'giveUp', fault: 'stop' })
  })

  it('throws everything else at once', () => {
    for (const other of FAULTS.filter((one) => !['retry', 'rateLimited', 'renew', 'pause'].includes(one))) {
      expect(nextStep(other, 0, NO_TRIES, 0, PATIENCE)).toEqual({ do: 'giveUp', fault: other, tries: NO_TRIES })
    }
  })
})
