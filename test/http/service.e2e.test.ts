import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { cloneDatabase } from '../support/database.ts'
import { home, KEY, vendorApp } from '../support/rollcall.ts'
import { TOKEN } from './rig.ts'

vi.setConfig({ testTimeout: 120_000 })

interface Span {
  readonly name: string
  readonly traceId: string
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[]
}
interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: Span['attributes'] }
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[]
  }[]
}

/** What an OTLP collector is sent. */
async function collector() {
  const texts: string[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    request.on('end', () => {
      texts.push(text)
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const sent = () => texts.map((text) => JSON.parse(text) as Sent).flatMap(({ resourceSpans }) => resourceSpans)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    text: () => texts.join('\n'),
    services: () =>
      new Set(
        sent().map(
          ({ resource }) => resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '',
        ),
      ),
    spans: () => sent().flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
    [Symbol.dispose]: () => void server.close(),
  }
}

async function setting(env: Readonly<Record<string, string>>) {
  const database = await cloneDatabase()
  const app = await vendorApp()
  app.fill('@TGS#1', 5)
  const at = home({ DATABASE_URL: database.url, TENCENT_SECRET_KEY: KEY, HTTP_PORT: '0', ...env })
  at.write('rollcall.yaml', `sources:\n${app.yaml({})}`)
  return {
    at,
    app,
    async up() {
      const running = at.start('up')
      const said = await running.said(/The web page: \S+/)
      return { ...running, url: /The web page: (\S+)/.exec(said)?.[1] ?? '' }
    },
    async [Symbol.asyncDispose]() {
      await app.sim.close()
      at[Symbol.dispose]()
    },
  }
}

test('a run that the page asks for is one trace, from the job to the calls, without a secret', async () => {
  using otlp = await collector()
  await using s = await setting({ OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url })
  const up = await s.up()
  const headers = { 'content-type': 'application/json' }
  const asked = await fetch(`${up.url}/api/resync`, { method: 'POST', headers, body: '{"source":"acme","all":true}' })
  const { id } = (await asked.json()) as { id: string }
  expect(await (await fetch(`${up.url}/api/resync/${id}/events`)).text()).toContain('"state":"done"')
  up.kill('SIGTERM')
  expect((await up.ended).code).toBe(0)
  const spans = otlp.spans()
  const call = spans.find(({ name }) => name === 'call getGroupInfo')
  const names = new Set(spans.filter(({ traceId }) => traceId === call?.traceId).map(({ name }) => name))
  expect([...names]).toEqual(expect.arrayContaining(['part of a run', 'read groups', 'call getGroupInfo']))
  expect([...names].some((name) => /rollcall-urgent/.test(name))).toBe(true)
  expect([...otlp.services()]).toEqual(['rollcall'])
  expect(otlp.text()).not.toContain(KEY)
  expect(otlp.text()).not.toMatch(/usersig/i)
})

test('a sync is a trace; a collector that is down keeps nobody from ending; without an endpoint nothing is sent', async () => {
  using otlp = await collector()
  await using s = await setting({ OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url, OTEL_SERVICE_NAME: 'roll' })
  expect((await s.at.run('sync')).code).toBe(0)
  expect(otlp.spans().map(({ name }) => name)).toEqual(
    expect.arrayContaining(['run', 'read groups', 'call getAppidGroupList', 'call getGroupInfo']),
  )
  expect([...otlp.services()]).toEqual(['roll'])
  const said = otlp.spans().length
  await using down = await setting({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' })
  expect((await down.at.run('sync')).code).toBe(0)
  await using off = await setting({})
  expect((await off.at.run('sync')).code).toBe(0)
  expect(otlp.spans().length).toBe(said)
})

test('OpenTelemetry is loaded only where traces are wanted', () => {
  const statics = /^import (?!type)[^;]*?from '(\.\/trace\/otel\.ts|bullmq-otel|@opentelemetry[^']*)'/m
  for (const file of ['src/trace.ts', 'src/context.ts', 'src/queue/telemetry.ts'])
    expect([file, statics.test(readFileSync(file, 'utf8'))]).toEqual([file, false])
  expect(statics.test(readFileSync('src/trace/otel.ts', 'utf8'))).toBe(true)
})

test('the board of the queues is behind the token, and read-only until it is switched on', async () => {
  await using s = await setting({ HTTP_TOKEN: TOKEN })
  const up = await s.up()
  const auth = { authorization: `Bearer ${TOKEN}` }
  for (const path of ['/queues', '/queues/', '/queues/api/queues', '/queues/static/js/x.js'])
    expect([path, (await fetch(up.url + path)).status]).toEqual([path, 401])
  const page = await fetch(`${up.url}/queues`, { headers: auth })
  expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'.*base-uri 'self'/)
  expect(page.headers.get('content-security-policy')).not.toMatch(/unsafe|http/)
  const html = await page.text()
  expect(html).toContain('<base href="/queues/')
  expect(html).not.toMatch(/https?:\/\/|<style| style="/)
  const [, script = ''] = /src="(static\/js\/[^"]+)"/.exec(html) ?? []
  expect((await fetch(`${up.url}/queues/${script}`, { headers: auth })).status).toBe(200)
  const { queues } = (await (await fetch(`${up.url}/queues/api/queues`, { headers: auth })).json()) as {
    queues: { name: string; readOnlyMode: boolean }[]
  }
  expect(queues.map(({ name, readOnlyMode }) => [name, readOnlyMode])).toEqual([
    ['rollcall', true],
    ['rollcall-urgent', true],
  ])
  const pause = (url: string) => fetch(`${url}/queues/api/queues/rollcall/pause`, { method: 'PUT', headers: auth })
  expect((await pause(up.url)).status).toBe(403)
  expect((await fetch(`${up.url}/groups`)).headers.get('content-security-policy')).toContain("base-uri 'none'")
  up.kill('SIGTERM')
  await up.ended

  await using open = await setting({ HTTP_TOKEN: TOKEN, HTTP_QUEUES: 'write' })
  const writable = await open.up()
  expect((await pause(writable.url)).status).toBe(200)
  const foreign = await fetch(`${writable.url}/queues/api/queues/rollcall/resume`, {
    method: 'PUT',
    headers: { origin: 'https://evil.example' },
  })
  expect(foreign.status).toBe(403)
  writable.kill('SIGTERM')
  await writable.ended
})
