import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig, secretsOf } from '../../src/config.ts'
import { renderEnvExample } from '../../src/config/environment.ts'
import { UsageError } from '../../src/core/errors.ts'

const secrets = {
  TENCENT_SECRET_KEY: 'k-tencent-91',
  EASEMOB_CLIENT_ID: 'id-easemob-92',
  EASEMOB_CLIENT_SECRET: 'k-easemob-93',
  YUNXIN_APP_KEY: 'id-yunxin-94',
  YUNXIN_APP_SECRET: 'k-yunxin-95',
}
const tencent = (more = '', discover = '{ allGroups: true }'): string => `
  - name: acme
    vendor: tencent
    region: sg
    sdkAppId: 1400000001
    identifier: administrator
    secretKey: plain-1f6b
    discover: ${discover}
    ${more}`

function folder(yaml: string, files: Record<string, string | Buffer> = {}): string {
  const path = mkdtempSync(join(tmpdir(), 'rollcall-config-'))
  for (const [name, text] of Object.entries({ 'rollcall.yaml': yaml, ...files })) writeFileSync(join(path, name), text)
  return path
}
const load = (yaml: string, env: Record<string, string> = {}, files = {}) =>
  loadConfig({ env, cwd: folder(yaml, files) })
function faults(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError)
    return error instanceof Error ? error.message : ''
  }
  throw new Error('there was no fault')
}
const faultsOf = (yaml: string, env: Record<string, string> = {}, files = {}): string =>
  faults(() => load(yaml, env, files))

describe('a whole configuration', () => {
  it('takes the example file as it is', () => {
    const config = loadConfig({ env: secrets, flags: { configPath: 'rollcall.example.yaml' } })
    expect(config.sources.map((source) => [source.name, source.vendor, source.baseUrl])).toEqual([
      ['acme-tencent', 'tencent', 'https://console.tim.qq.com'],
      ['acme-easemob', 'easemob', 'https://a1.easemob.com'],
      ['acme-yunxin', 'yunxin', 'https://open.yunxinapi.com'],
    ])
    expect(config.sources[0]?.rates).toMatchObject({ getAppidGroupList: 0.5, getGroupInfo: 100, getRoleInGroup: 100 })
    expect(secretsOf(config)).toEqual(['k-tencent-91', 'k-easemob-93', 'k-yunxin-95'])
  })

  it('fills in every default', () => {
    const config = load(`sources:${tencent()}`)
    expect(config).toMatchObject({ databaseUrl: null, redisUrl: null, logLevel: 'info' })
    expect(config.http).toEqual({ host: '127.0.0.1', port: 3300, token: null, queues: 'read' })
    expect(config.sources[0]).toMatchObject({
      baseUrl: 'https://adminapisgp.im.qcloud.com',
      discover: { accounts: [], allGroups: true, groups: [], expand: 'none' },
      rateShare: 0.5,
      timeoutMs: 15_000,
      schedule: null,
      timezone: 'UTC',
      overlap: 'skip',
      fullEveryMs: null,
      freshness: null,
      retain: { history: null, reads: null },
      leaveGuard: { count: 50, percent: 30 },
      dissolveGuard: { count: 20, percent: 20 },
      groupTypes: null,
      customFields: { group: null, member: null },
    })
  })

  it('puts flags before the environment, the environment before .env, that before the default', () => {
    const yaml = `sources:${tencent()}`
    const files = { '.env': 'HTTP_PORT=1111\nLOG_LEVEL=warn\nHTTP_HOST=127.0.0.2\n' }
    const cwd = folder(yaml, files)
    const config = loadConfig({ env: { HTTP_PORT: '2222', LOG_LEVEL: 'error' }, cwd, flags: { httpPort: '3333' } })
    expect([config.http.port, config.logLevel, config.http.host]).toEqual([3333, 'error', '127.0.0.2'])
    expect(config.dataDir).toBe(join(cwd, '.rollcall'))
  })

  it('keeps ids as they are written, however long', () => {
    const config = load(
      `sources:${tencent('', '{ groups: [12345678901234567890, 007], accounts: [1e3, true, leckie, leckie] }')}`,
    )
    expect(config.sources[0]?.discover.groups).toEqual(['12345678901234567890', '007'])
    expect(config.sources[0]?.discover.accounts).toEqual(['1e3', 'true', 'leckie'])
  })

  it('says Private and ChatRoom for the newer words Work and Meeting', () => {
    expect(load(`sources:${tencent('groupTypes: [Work, Private, Meeting]')}`).sources[0]).toMatchObject({
      groupTypes: ['Private', 'ChatRoom'],
    })
  })
})

describe('faults', () => {
  it('are all told at once, each with its path, line and cure', () => {
    const text = faultsOf(
      `source: 1
sources:${tencent('rateShare: 2\n    sdkappid: 3\n    limits: { getGroupinfo: 1 }\n    teamTypes: [1]\n    baseUrl: https://x.y')}
  - vendor: yunxn
    name: Bad_Name
    discover: { accounts: leckie }
  - name: acme
    vendor: yunxin
    baseUrl: open.yunxinapi.com
    appKey: \${YUNXIN_APP_KEYS}
    appSecret: changeme
    teamTypes: [3]
    discover: { allGroups: true }
`,
      {
        YUNXIN_APP_KEY: 'x',
        HTTP_HOST: '0.0.0.0',
        HTTP_PORT: 'high',
        LOG_LEVEL: 'inof',
        DATABASE_URL: 'mysql://u:pw@h',
      },
    )
    for (const expected of [
      'has 17 faults',
      'source: is not a known key. Did you mean "sources"? (line 1)',
      'sources[0].rateShare: must be a number above 0 and up to 1; found "2" (line 10)',
      'sources[0].sdkappid: is not a known key. Did you mean "sdkAppId"? (line 11)',
      'sources[0].limits.getGroupinfo: is not a known key. Did you mean "getGroupInfo"?',
      'sources[0].teamTypes: is not a known key of this vendor: only yunxin sources have it',
      'sources[0].region: contradicts baseUrl',
      'sources[1].vendor: must be one of tencent, easemob, yunxin; found "yunxn"',
      'sources[1].name: must be 1 to 40 of a-z',
      'sources[1].discover.accounts: must be a list of account names such as [leckie, peter]; found "leckie"',
      'sources[2].name: "acme" is already the name of sources[0]',
      'sources[2].baseUrl: must be an address like https://open.yunxinapi.com',
      'sources[2].appKey: wants the environment variable YUNXIN_APP_KEYS, which is not set. Set it in the environment or in .env. Did you mean "YUNXIN_APP_KEY"?',
      'sources[2].appSecret: looks like a placeholder',
      'sources[2].teamTypes[0]: must be 1 (advanced) or 2 (super); found "3"',
      'sources[2].discover.allGroups: is refused: Yunxin has no list of all teams',
      'HTTP_HOST: "0.0.0.0" lets other machines in without HTTP_TOKEN',
      'HTTP_PORT: must be a port',
      'LOG_LEVEL: "inof" is no log level. Did you mean "info"?',
      'DATABASE_URL: must look like postgres://',
    ].slice(1)) {
      expect(text).toContain(expected)
    }
    expect(text).toContain(`has ${text.split('\n').length - 1} faults`)
    expect(text).not.toContain('pw@h')
  })

  it.each([
    ['needs one of region and baseUrl', tencent().replace('region: sg', ''), 'sources[0].region: is missing'],
    ['needs a way to find groups', tencent('', '{ expand: members }'), 'sources[0].discover: needs at least one way'],
    ['needs discover', tencent('', ''), 'sources[0].discover: is missing; it must say where group ids come from'],
    ['checks the cron line', tencent('schedule: "0 25 * * *"'), 'sources[0].schedule: has a wrong hour "25"'],
    [
      'checks the time zone',
      tencent('timezone: Asia/Shanghia'),
      'found "Asia/Shanghia". Did you mean "Asia/Shanghai"?',
    ],
    [
      'checks the types of groups',
      tencent('groupTypes: [Pubic]'),
      'sources[0].groupTypes[0]: must be a list of Private',
    ],
    [
      'checks guards',
      tencent('leaveGuard: { count: -1, percent: 300 }'),
      'sources[0].leaveGuard.percent: must be a number',
    ],
    [
      'checks a target',
      tencent('freshness: { target: 5s }'),
      'sources[0].freshness.target: must be a time from 60s on',
    ],
    [
      'wants a schedule beside a target',
      tencent('freshness: { target: 15m }'),
      'sources[0].freshness: needs a schedule beside it',
    ],
    [
      'checks how long history is kept',
      tencent('retain: { history: 3w }'),
      'sources[0].retain.history: must be a time from 30d on',
    ],
    ['wants some history kept', tencent('retain: { history: 7d }'), 'must be a time from 30d on, such as 24mo'],
    ['wants some reads kept', tencent('retain: { reads: 1d }'), 'sources[0].retain.reads: must be a time from 7d on'],
    [
      'keeps no read longer than what it proves',
      tencent('retain: { history: 12mo, reads: 2y }'),
      'sources[0].retain.reads: must not be longer than history',
    ],
    ['checks what a tick does during a run', tencent('overlap: both'), 'sources[0].overlap: must be skip or queue'],
    [
      'wants some time between full reads',
      tencent('sync: { fullEvery: 5s }'),
      'sources[0].sync.fullEvery: must be a time from 60s on',
    ],
    ['says what sync takes', tencent('sync: 24h'), 'sources[0].sync: must be { fullEvery: 24h }'],
    [
      'finds groups through members only where they are walked',
      tencent('sync: { fullEvery: 24h }').replace('discover: {', 'discover: { expand: members,'),
      'sources[0].sync.fullEvery: does not go with discover.expand: members',
    ],
    ['wants a list of sources', ' {}', 'sources: must be a list'],
    ['wants a source', '', 'sources: is missing'],
    ['explains broken YAML without quoting it', ' [secretKey: "abc', 'YAML: Missing closing "quote at line'],
  ])('%s', (_what, yaml, expected) => {
    expect(faultsOf(`sources:${yaml}`)).toContain(expected)
  })

  it('never show a secret, wherever it was put', () => {
    const text = faultsOf(`sources:${tencent('rateShare: ${KEY}').replace('1400000001', '${KEY}')}`, {
      KEY: 's3cr3t-v4lue',
    })
    expect(text).toContain('found the value of KEY')
    expect(text).not.toContain('s3cr3t')
  })

  it.each([
    'xxx',
    'changeme',
    '<secret>',
    'your-secret-key',
    'TODO',
    '${SECRET',
    '********',
    'REPLACE_ME',
    'secret-goes-here',
  ])('takes %s for a placeholder', (word) =>
    expect(faultsOf(`sources:${tencent().replace('plain-1f6b', `"${word}"`)}`)).toMatch(
      /secretKey: (looks like|wants)/,
    ),
  )

  it('show how to begin where there is no sources file', () => {
    const text = faults(() => loadConfig({ env: {}, cwd: mkdtempSync(join(tmpdir(), 'rollcall-none-')) }))
    expect(text).toContain('does not exist')
    expect(text).toContain('sdkAppId: 1400000001')
  })

  it('of the file do not matter to a verb that needs no sources', () => {
    const cwd = folder('sources: [')
    expect(loadConfig({ env: {}, cwd, sources: 'ignore' }).sources).toEqual([])
    expect(() => loadConfig({ env: {}, cwd, sources: 'ifPresent' })).toThrow(UsageError)
    expect(loadConfig({ env: {}, cwd: tmpdir(), sources: 'ifPresent' }).sources).toEqual([])
  })
})

describe('an accounts file', () => {
  const yaml = `sources:${tencent('', '{ accounts: [zoe], accountsFile: people.txt }')}`
  it('may have blank lines, repeats, Windows line ends and a byte order mark', () => {
    const files = { 'people.txt': '\ufeffleckie\r\n\r\n  peter \r\nleckie\r\nzoe' }
    expect(load(yaml, {}, files).sources[0]?.discover.accounts).toEqual(['zoe', 'leckie', 'peter'])
    const wide = { 'people.txt': Buffer.from('\ufeffleckie\r\npeter\r\n', 'utf16le') }
    expect(load(yaml, {}, wide).sources[0]?.discover.accounts).toEqual(['zoe', 'leckie', 'peter'])
  })
  it('must be there, be text and hold somebody', () => {
    expect(faultsOf(yaml)).toMatch(/sources\[0\]\.discover\.accountsFile: the file .*people\.txt does not exist/)
    expect(faultsOf(yaml, {}, { 'people.txt': '\n \r\n' })).toContain('holds no account')
    expect(faultsOf(yaml, {}, { 'people.txt': 'leckie\n\u0001\u0002' })).toContain('line 2 of')
  })
})

describe('HTTP beyond loopback', () => {
  it.each(['::1', '127.0.0.9', 'localhost', '[::1]'])('needs no token on %s', (host) => {
    expect(load(`sources:${tencent()}`, { HTTP_HOST: host }).http.host).toBe(host)
  })
  it('is allowed with a token, refused with none or a placeholder', () => {
    const yaml = `sources:${tencent()}`
    expect(load(yaml, { HTTP_HOST: '::', HTTP_TOKEN: '5f2c91aa' }).http.token).toBe('5f2c91aa')
    expect(faultsOf(yaml, { HTTP_HOST: '127.0.0.1.evil.example' })).toContain('HTTP_HOST')
    expect(faultsOf(yaml, { HTTP_HOST: '::', HTTP_TOKEN: 'changeme' })).toContain('looks like a placeholder')
  })
})

it('.env.example says what the reader reads', () => {
  expect(readFileSync('.env.example', 'utf8')).toBe(renderEnvExample())
})
