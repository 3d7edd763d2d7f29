import { describe, expect, it } from 'vitest'
import { VendorError } from '../../src/core/errors.ts'
import { CODES } from '../../src/vendors/tencent/codes.ts'
import { refusal } from '../../src/vendors/tencent/refusal.ts'
import { scripted } from './scripted.ts'

const caller = {
  host: 'console.tim.qq.com',
  sdkAppId: 1400000001,
  identifier: 'administrator',
  secretKey: 'fixture-secret-key-0123456789abcdef',
}
const group = { groupId: 'g', type: 'Public' }

describe('refusals of Tencent', () => {
  it.each(Object.keys(CODES))('%s has every name filled in', (code) => {
    const { message } = refusal(caller, 'getGroupInfo', Number(code), '')
    expect(message).toContain(`console.tim.qq.com getGroupInfo: ${code}, `)
    expect(message).not.toMatch(/[{}]/)
  })

  it('T-07 names host and app, and never a key or a signature', () => {
    const sig = 'eJwtisEKwjAQBf9lr0pNbG0l4FFEakEx4jmabVmkNSSrFMV*'
    const info = `bad "usersig":"short" usersig=${sig}, key ${caller.secretKey}, group @TGS#2J4SZEAEL`
    const { message, fault } = refusal(caller, 'getGroupInfo', 60026, info)
    expect(fault).toBe('stop')
    expect(message).toContain('1400000001')
    expect(message).toContain('console.tim.qq.com')
    expect(message).toContain('@TGS#2J4SZEAEL')
    for (const secret of [sig, 'short', caller.secretKey]) expect(message).not.toContain(secret)
  })

  it('an unknown code is met as passing trouble', () => {
    expect(refusal(caller, 'getGroupInfo', 12345, 'new!')).toMatchObject({ fault: 'retry', code: '12345' })
  })

  it.each([
    [200, '<html>gateway</html>', 'retry', 'not JSON'],
    [200, '{"half":', 'retry', 'not JSON'],
    [200, '[]', 'retry', 'not JSON'],
    [200, '{}', 'retry', 'no ErrorCode'],
    [502, '<html>bad gateway</html>', 'retry', 'HTTP 502'],
    [408, '', 'retry', 'HTTP 408'],
    [429, '', 'rateLimited', 'HTTP 429'],
    [404, '<html>', 'stop', 'HTTP 404'],
    [302, '', 'stop', 'HTTP 302'],
    [403, '{"error":"no"}', 'stop', 'HTTP 403'],
    [400, '{"ErrorCode":60010}', 'stop', '60010'],
    [200, '{"ActionStatus":"FAIL","ErrorCode":"10002"}', 'retry', '10002'],
    [200, '{"ActionStatus":"FAIL","ErrorCode":10007}', 'forbidden', '10007'],
  ])('HTTP %i with %j is %s', async (status, text, fault, code) => {
    const { vendor, signal } = scripted([{ status, text }])
    const error: unknown = await vendor
      .memberPage({ ...group, ...nothing }, { kind: 'offset', offset: 0 }, 200, signal)
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(VendorError)
    expect(error).toMatchObject({ fault, code })
    expect(String(error)).not.toContain('html')
  })

  it('10007 of a type without a member list is unlistable', async () => {
    const { vendor, signal } = scripted([{ ErrorCode: 10007 }])
    await expect(
      vendor.memberPage({ ...group, ...nothing, type: 'BChatRoom' }, { kind: 'offset', offset: 0 }, 200, signal),
    ).rejects.toMatchObject({ fault: 'unlistable' })
  })

  it('honours Retry-After', async () => {
    const { vendor, signal } = scripted([{ status: 503, text: '', headers: { 'retry-after': '7' } }])
    await expect(vendor.check(signal)).rejects.toMatchObject({ fault: 'retry', waitMs: 7000 })
  })
})

const nothing = {
  name: null,
  ownerId: null,
  memberCount: null,
  maxMembers: null,
  muteAll: null,
  joinMode: null,
  createdAt: null,
  attributes: null,
  live: null,
}
