import { describe, expect, it } from 'vitest'
import { VendorError } from '../../src/core/errors.ts'
import type { Fault } from '../../src/core/errors.ts'
import { createTokens } from '../../src/vendors/easemob/tokens.ts'

function setting(lifeMs: number | null = 5_184_000_000) {
  const clock = { at: Date.UTC(2026, 0, 1), now: () => clock.at }
  const state: { asked: number; fault: Fault | null } = { asked: 0, fault: null }
  const tokens = createTokens(async (signal) => {
    const token = `t${++state.asked}`
    await Promise.resolve()
    signal.throwIfAborted()
    if (state.fault !== null) throw new VendorError('refused', { fault: state.fault, code: 'x', endpoint: 'token' })
    return { token, lifeMs }
  }, clock)
  return { clock, state, tokens, signal: new AbortController().signal }
}

describe('the token', () => {
  it('E-01 is fetched once for all, and renewed after half its life', async () => {
    const { clock, state, tokens, signal } = setting()
    expect(await Promise.all([tokens.current(signal), tokens.current(signal)])).toEqual(['t1', 't1'])
    clock.at += 5_184_000_000 / 2 - 1
    expect(await tokens.current(signal)).toBe('t1')
    clock.at += 1
    expect(await tokens.current(signal)).toBe('t2')
    expect(state.asked).toBe(2)
  })

  it('E-02 refused tokens make one new token, old news none', async () => {
    const { state, tokens, signal } = setting()
    const first = await tokens.current(signal)
    await Promise.all([tokens.refused(first, signal), tokens.refused(first, signal), tokens.refused(first, signal)])
    await tokens.refused(first, signal)
    expect([await tokens.current(signal), state.asked]).toEqual(['t2', 2])
  })

  it.each(['stop', 'renew', 'bug', 'retry'] as const)(
    'E-03 a failure (%s) stops, and is not repeated',
    async (fault) => {
      const { clock, state, tokens, signal } = setting()
      state.fault = fault
      const failed = await Promise.allSettled([tokens.current(signal), tokens.current(signal)])
      for (const one of failed) expect(one).toMatchObject({ status: 'rejected', reason: { fault: 'stop', code: 'x' } })
      await expect(tokens.current(signal)).rejects.toMatchObject({ fault: 'stop' })
      expect(state.asked).toBe(1)
      clock.at += 60_000
      state.fault = null
      expect(await tokens.current(signal)).toBe('t2')
    },
  )

  it('a token that is still good outlives an outage of the token call, not a refusal', async () => {
    const { clock, state, tokens, signal } = setting(1000)
    await tokens.current(signal)
    clock.at += 600
    state.fault = 'retry'
    expect([await tokens.current(signal), await tokens.current(signal), state.asked]).toEqual(['t1', 't1', 2])
    clock.at += 10_000
    await expect(tokens.current(signal)).rejects.toMatchObject({ fault: 'stop' })
  })

  it('one caller’s end is not another’s', async () => {
    const { tokens, signal } = setting()
    const ended = new AbortController()
    const [first, second] = [tokens.current(ended.signal), tokens.current(signal)]
    ended.abort()
    await expect(first).rejects.toThrow('aborted')
    expect(await second).toBe('t2')
  })

  it('lives a day where the vendor does not say how long, and is used however short it lives', async () => {
    const open = setting(null)
    await open.tokens.current(open.signal)
    open.clock.at += 11 * 3_600_000
    expect(await open.tokens.current(open.signal)).toBe('t1')
    const clock = { at: 0, now: () => (clock.at += 10) }
    const brief = createTokens(async () => ({ token: 't', lifeMs: 1 }), clock)
    expect(await brief.current(open.signal)).toBe('t')
  })
})
