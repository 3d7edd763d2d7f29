import { inflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createSigner, tlsSig, userSig } from '../../src/vendors/tencent/usersig.ts'

const VECTOR = {
  sdkAppId: 1400000001,
  identifier: 'administrator',
  secretKey: 'fixture-secret-key-0123456789abcdef',
  time: 1700000000,
  expire: 86400,
}
const SIG = '6Kfze3ptdPMQ3sxTUu5bg67GITWMfe1ntM/Kg4E+cts='

function opened(sig: string): unknown {
  const base64 = sig.replaceAll('*', '+').replaceAll('-', '/').replaceAll('_', '=')
  return JSON.parse(inflateSync(Buffer.from(base64, 'base64')).toString())
}

describe('the UserSig', () => {
  it('T-02 equals the vector and opens to its six fields', () => {
    expect(tlsSig(VECTOR)).toBe(SIG)
    expect(userSig(VECTOR)).toMatch(/^[A-Za-z0-9*\-_]+$/)
    expect(opened(userSig(VECTOR))).toEqual({
      'TLS.ver': '2.0',
      'TLS.identifier': 'administrator',
      'TLS.sdkappid': 1400000001,
      'TLS.expire': 86400,
      'TLS.time': 1700000000,
      'TLS.sig': SIG,
    })
  })

  it('is kept, and made anew an hour before it expires, when the clock goes back, and when told to', () => {
    const clock = { at: 1_700_000_000_000, now: () => clock.at }
    const signer = createSigner(VECTOR, clock)
    const first = signer.current()
    clock.at += 22.9 * 3_600_000
    expect(signer.current()).toBe(first)
    clock.at += 0.1 * 3_600_000
    const second = signer.current()
    expect(opened(second)).toMatchObject({ 'TLS.time': 1_700_000_000 + 23 * 3600 })
    clock.at -= 3_600_000
    expect(opened(signer.current())).toMatchObject({ 'TLS.time': 1_700_000_000 + 22 * 3600 })
    clock.at += 5000
    signer.renew()
    expect(opened(signer.current())).toMatchObject({ 'TLS.time': 1_700_000_000 + 22 * 3600 + 5 })
  })
})
