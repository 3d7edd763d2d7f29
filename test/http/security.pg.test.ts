import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { createAttempts } from '../../src/http/attempts.ts'
import { isLoopbackName } from '../../src/http/security.ts'
import { createSessions } from '../../src/http/session.ts'
import { emptyApi, TOKEN } from './rig.ts'

const json = { 'content-type': 'application/json' }
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

/** A request as no browser would send it: any header, any path, unchanged. */
function raw(
  url: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, headers }, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk.toString()))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
    })
      .on('error', reject)
      .end()
  })
}

describe('with a token', () => {
  it('tells nothing without it, and not which part is wrong', async () => {
    await using api = await emptyApi({ token: TOKEN })
    for (const path of ['/api/sources', '/api/groups', '/metrics', '/api/openapi.json', '/api/nothing']) {
      const response = await api.ask(path)
      expect([path, response.status]).toEqual([path, 401])
      expect(response.headers.get('content-type')).toContain('application/problem+json')
      expect(await response.text()).not.toContain(TOKEN)
    }
    expect((await api.ask('/livez')).status).toBe(200)
    expect((await api.ask('/api/sources', bearer(TOKEN))).status).toBe(200)
    for (const wrong of ['', 'x', TOKEN.slice(1), `${TOKEN}x`, TOKEN.toUpperCase()])
      expect((await api.ask('/api/sources', bearer(wrong))).status).toBe(401)
  })

  it('listens to no address that tried ten wrong ones within a minute', async () => {
    await using api = await emptyApi({ token: TOKEN })
    const statuses: number[] = []
    for (let n = 0; n < 11; n++) statuses.push((await api.ask('/api/sources', bearer(`wrong-${n}`))).status)
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429])
    const right = await api.ask('/api/sources', bearer(TOKEN))
    expect(right.status).toBe(429)
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it('gives the page a cookie that no script can read, and takes it back', async () => {
    await using api = await emptyApi({ token: TOKEN })
    const sign = (token: string) =>
      api.ask('/api/session', { method: 'POST', headers: json, body: JSON.stringify({ token }) })
    expect((await sign('wrong')).status).toBe(401)
    const signed = await sign(TOKEN)
    const cookie = signed.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/HttpOnly/)
    expect(cookie).toMatch(/SameSite=Strict/)
    expect(cookie).not.toContain(TOKEN)
    const [session = ''] = cookie.split(';')
    expect((await api.ask('/api/sources', { headers: { cookie: session } })).status).toBe(200)
    expect((await api.ask('/api/sources', { headers: { cookie: `${session}x` } })).status).toBe(401)
    expect((await api.ask('/api/session', { method: 'DELETE' })).headers.get('set-cookie')).toMatch(/Max-Age=0|Expires/)
  })

  it('does nothing for another site, whatever cookie the browser adds', async () => {
    await using api = await emptyApi({ token: TOKEN })
    const post = (headers: Record<string, string>) =>
      api.ask('/api/held/1/approve', { method: 'POST', headers: { ...json, ...headers }, body: '{}' })
    expect((await post({ origin: 'https://evil.example' })).status).toBe(403)
    expect((await post({ origin: 'null' })).status).toBe(403)
    expect((await post({ 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await post({ origin: api.url })).status).toBe(401)
  })

  it('signs sessions with the token and a time', () => {
    let now = 0
    const sessions = createSessions(TOKEN, () => now)
    const one = sessions.issue()
    expect(sessions.holds(one)).toBe(true)
    expect(createSessions('another', () => now).holds(one)).toBe(false)
    for (const forged of ['', '.', '9999999999999.', `9${one}`, one.replace(/^\d+/, '99999999999999')])
      expect(sessions.holds(forged)).toBe(false)
    now = 8 * 86_400_000
    expect(sessions.holds(one)).toBe(false)
  })

  it('counts by address and in all', () => {
    let now = 0
    const attempts = createAttempts(() => now)
    for (let n = 0; n < 200; n++) attempts.wrong(`10.0.0.${n}`)
    expect(attempts.waitSeconds('10.1.1.1')).toBe(60)
    now = 60_000
    expect(attempts.waitSeconds('10.1.1.1')).toBe(0)
  })
})

describe('without a token', () => {
  it('answers to the names of this machine alone, so that no site can point its own name here', async () => {
    await using api = await emptyApi()
    expect((await raw(api.url, '/api/sources', { host: 'evil.example' })).status).toBe(403)
    expect((await raw(api.url, '/api/sources', { host: 'localhost:1' })).status).toBe(200)
    expect(['localhost', '127.0.0.1:3300', '[::1]:80', '127.9.9.9'].map(isLoopbackName)).toEqual([
      true,
      true,
      true,
      true,
    ])
    expect(['127.0.0.1.evil.example', '::1', '10.0.0.1', 'localhost.evil.example'].map(isLoopbackName)).toEqual([
      false,
      false,
      false,
      false,
    ])
  })
})

describe('requests that are wrong', () => {
  it('get a problem each, and no inside view', async () => {
    await using api = await emptyApi()
    const long = 'x'.repeat(100_000)
    const cases: readonly [path: string, init: RequestInit, status: number][] = [
      ['/api/groups?limit=0', {}, 400],
      ['/api/groups?limit=1e9', {}, 400],
      ['/api/groups?sort=owner;drop', {}, 400],
      ['/api/groups?cursor=%%%', {}, 400],
      ['/api/groups?cursor=eyJrZXkiOjF9', {}, 400],
      ['/api/groups?source=UPPER', {}, 400],
      ['/api/groups/acme/%00', {}, 400],
      ['/api/groups/acme/x/members?at=yesterday', {}, 400],
      ['/api/groups/acme/x/members?at=9999999-01-01', {}, 400],
      ['/api/groups/acme/x/series?zone=Mars/Olympus', {}, 400],
      ['/api/changes?group=x', {}, 400],
      ['/api/changes?kind=exploded', {}, 400],
      ['/api/runs/0', {}, 400],
      ['/api/runs/99999999999', {}, 400],
      ['/api/runs/1', {}, 404],
      ['/api/reports/nothing?source=acme', {}, 404],
      ['/api/reports/growth?source=acme&by=x', {}, 400],
      ['/api/resync', { method: 'POST', headers: json, body: '{"source":"acme"}' }, 400],
      ['/api/resync', { method: 'POST', headers: json, body: '{"source":' }, 400],
      ['/api/resync', { method: 'POST', headers: json, body: '{"__proto__":{"all":true},"source":"acme"}' }, 400],
      ['/api/resync', { method: 'POST', headers: json, body: JSON.stringify({ source: 'acme', groups: [long] }) }, 413],
      ['/api/resync', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' }, 415],
      ['/api/session', { method: 'POST', headers: json, body: JSON.stringify({ token: long }) }, 413],
      ['/api/nothing', {}, 404],
    ]
    for (const [path, init, status] of cases) {
      const response = await api.ask(path, init)
      const text = await response.text()
      expect([path, response.status]).toEqual([path, status])
      expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
      expect(text).not.toMatch(/node_modules|at Object|SELECT|rollcall\.|\.ts:/)
    }
  })

  it('find no file outside the page', async () => {
    await using api = await emptyApi({ webRoot: new URL('../../dist/web/', import.meta.url).pathname })
    for (const path of [
      '/assets/../../../package.json',
      '/assets/..%2f..%2f..%2fpackage.json',
      '/assets/%2e%2e/%2e%2e/package.json',
      '/../package.json',
      '//etc/passwd',
      '/assets/....//package.json',
      '/assets/%00',
      '/.env',
    ]) {
      const { status, body } = await raw(api.url, path)
      expect([path, status >= 400]).toEqual([path, true])
      expect(body).not.toContain('devDependencies')
    }
  })

  it('carry a strict policy in every answer', async () => {
    await using api = await emptyApi()
    for (const path of ['/', '/livez', '/api/sources', '/nothing']) {
      const { headers } = await api.ask(path)
      const policy = headers.get('content-security-policy') ?? ''
      expect(policy).toContain("default-src 'none'")
      expect(policy).not.toMatch(/unsafe|\*|http/)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
    }
  })
})
