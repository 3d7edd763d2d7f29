import { describe, expect, it } from 'vitest'
import { createLog, createScrubber } from '../src/log.ts'

const SECRET = 'marked/secret+"key" & ü=7'
const FORMS: Record<string, string> = {
  plain: SECRET,
  json: JSON.stringify(SECRET),
  'json in json': JSON.stringify(JSON.stringify({ x: SECRET })),
  url: encodeURIComponent(SECRET),
  'url in lower case': encodeURIComponent(SECRET).replaceAll(/%../g, (code) => code.toLowerCase()),
  form: new URLSearchParams({ x: SECRET }).toString(),
  base64: Buffer.from(SECRET).toString('base64'),
  base64url: Buffer.from(SECRET).toString('base64url'),
  'base64 of user:secret': Buffer.from(`user:${SECRET}`).toString('base64'),
  'base64 at the third alignment': Buffer.from(`u:${SECRET}:x`).toString('base64'),
  hex: Buffer.from(SECRET).toString('hex'),
}
const TRACES = [/marked/, /bWFya2Vk/, /6d61726b6564/i, /secret\+/, /c2VjcmV0/]

function logged(write: (log: ReturnType<typeof createLog>) => void, secrets: string[] = [SECRET]): string {
  const lines: string[] = []
  write(createLog({ level: 'trace', secrets, stream: { write: (line) => lines.push(line) } }))
  for (const line of lines) JSON.parse(line)
  return lines.join('')
}

describe('a known secret', () => {
  it.each(Object.entries(FORMS))('never comes out: %s', (_name, form) => {
    const text = logged((log) => {
      log.info(`a message with ${form}`)
      log.info({ deep: { er: [form], url: `https://h/p?x=${form}` } }, 'an object')
      log.child({ bound: form }).warn('a child')
      log.error(new Error(`failed with ${form}`, { cause: new Error(form) }))
      log.error({ err: Object.assign(new Error('x'), { config: { key: form } }) })
    })
    for (const trace of TRACES) expect(text).not.toMatch(trace)
    expect(text).toContain('[redacted]')
  })
})

describe('what a telling name gives away', () => {
  const usersig = 'eJwtisEKwjAQBf9lr0pNbG0l4FFEakEx*-_'
  it.each([
    ['a UserSig in a URL', `https://h/v4/x?sdkappid=1&usersig=${usersig}&random=5`],
    ['a UserSig percent-encoded in a URL', `redirect=%2Fv4%3Fusersig%3D${usersig}`],
    ['an Authorization header', `Authorization: Bearer ${usersig}`],
    ['a header in quotes', `{ 'CheckSum': '${usersig}' }`],
    ['an object as Node prints it', `{ appSecret: '${usersig}' }`],
    ['CheckSum', `CheckSum: ${usersig}`],
    ['a token body', JSON.stringify({ access_token: usersig, expires_in: 5 })],
    ['a token body within a string', JSON.stringify({ body: JSON.stringify({ client_secret: usersig }) })],
    ['a bearer', `sent bearer ${usersig}`],
    ['a PostgreSQL URL', `postgres://rollcall:${usersig}@db:5432/x`],
    ['a PostgreSQL URL with an odd password', `postgresql://rollcall:a@b/${usersig}@db:5432/x`],
    ['a Redis URL without a user', `redis://:${usersig}@h:6379`],
  ])('%s', (_name, text) => {
    const out = logged((log) => {
      log.info(text)
      log.info({ url: text, nested: { text } })
      log.error(new Error(text))
    }, [])
    expect(out).not.toContain('eJwtisEKwjAQ')
    expect(out).toContain('[redacted]')
  })

  it('as a key of an object, whatever its value is', () => {
    const out = logged((log) => {
      log.info({ headers: { authorization: ['Bearer abcdefgh'], 'x-y': 1 } })
      log.info({ source: { secretKey: 'abcdefgh', name: 'acme' } })
      log.info({ CheckSum: 'abcdefgh', req: { token: 'abcdefgh' } })
    }, [])
    expect(out).not.toContain('abcdefgh')
    expect(out).toContain('acme')
  })
})

it('leaves the rest of a line alone', () => {
  const scrub = createScrubber(['abc', 'long-enough'])
  for (const text of [
    'groups 120/300, 12:30:05, http://127.0.0.1:3300/x?next_token=no, members: 5',
    'abc: too short to be hidden',
    'https://console.tim.qq.com/v4/group_open_http_svc/get_group_info?sdkappid=1400000001&random=5&contenttype=json',
    'sources[0].secretKey: looks like a placeholder; secretKey: ${TENCENT_SECRET_KEY}',
    'DATABASE_URL: must look like postgres://USER:PASSWORD@HOST:5432/DATABASE',
    'mailto a@b.example at 10:00',
  ]) {
    expect(scrub(text)).toBe(text)
  }
  expect(scrub('https://h/?usersig=abcdefgh&random=5')).toBe('https://h/?usersig=[redacted]&random=5')
})

it('keeps to its level', () => {
  const lines: string[] = []
  const log = createLog({ level: 'warn', stream: { write: (line) => lines.push(line) } })
  log.info('no')
  log.warn('yes')
  expect(lines).toHaveLength(1)
})
