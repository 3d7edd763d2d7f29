import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createInterrupt } from '../../src/cli/interrupt.ts'
import { createIo } from '../../src/cli/io.ts'
import { run } from '../../src/cli/program.ts'
import type { Services } from '../../src/cli/types.ts'
import { OperatorError, VendorError } from '../../src/core/errors.ts'
import { at, change, result, status } from './fixtures.ts'

const cwd = mkdtempSync(join(tmpdir(), 'rollcall-cli-'))
const source = (name: string): string =>
  `  - { name: ${name}, vendor: tencent, region: cn, sdkAppId: 1, identifier: admin, secretKey: marked-9f3, discover: { allGroups: true } }\n`
writeFileSync(join(cwd, 'rollcall.yaml'), `sources:\n${source('acme')}${source('other')}`)

const asked: unknown[] = []
const services: Services = {
  report: async () => ({ columns: [], rows: [] }),
  retain: async () => [],
  imports: {
    run: () => Promise.reject(new Error('not here')),
    list: async () => [],
    remove: async () => null,
  },
  keptFrom: async () => [],
  rebuildFacts: async () => [],
  async *export() {},
  migrate: async () => ({ applied: [], version: '1_init' }),
  sync: async (_config, ask) => {
    asked.push(ask)
    return [result({ verdict: 'partial', problems: ['group g1: forbidden'] })]
  },
  knownSources: async () => ['gone-by'],
  members: async (_config, ask) => ({ meta: null, rows: [], ...(asked.push(ask) && {}) }),
  async *changes() {
    for (let id = 0; id < 1000; id++) yield change({ id })
  },
  explain: async () => null,
  status: async () => status,
  async *doctor() {
    yield { name: 'database', state: 'fault', says: 'password marked-9f3 refused', cure: 'mend it' }
  },
  simulate: async (ask) => {
    asked.push(ask)
    throw new OperatorError('enough')
  },
  demo: () => Promise.reject(new Error('broken')),
  forget: async (_config, ask) => (asked.push(ask), []),
  held: { list: async () => [], approve: async () => null, reject: async () => false },
  queue: {
    work: async () => {},
    resync: async (_config, ask) => (asked.push(ask), { ask: 7, source: 'acme', run: null, note: null, changes: [] }),
    schedules: async () => [],
    applySchedules: async () => [],
  },
}

async function rollcall(
  line: string,
  more: Partial<Services> & { env?: Record<string, string>; signal?: AbortSignal } = {},
) {
  const out: string[] = []
  const err: string[] = []
  const into = (texts: string[]): Writable =>
    new Writable({
      decodeStrings: false,
      write: (text: string, _encoding, done) => {
        texts.push(text)
        done()
      },
    })
  const { env = {}, signal = new AbortController().signal, ...overrides } = more
  asked.length = 0
  const code = await run(line.split(' ').filter(Boolean), {
    io: createIo(into(out), into(err)),
    services: { ...services, ...overrides },
    signal,
    env,
    cwd,
    clock: { now: () => at },
  })
  return { code, out: out.join(''), err: err.join('') }
}

describe('help and mistakes', () => {
  it.each(['demo', 'doctor', 'migrate', 'sync', 'status', 'members', 'changes', 'simulate'])(
    '%s --help shows examples',
    async (verb) => {
      const { code, out, err } = await rollcall(`${verb} --help`)
      expect([code, err]).toEqual([0, ''])
      expect(out).toContain(`Usage: rollcall ${verb}`)
      expect(out).toContain('Example')
    },
  )
  it('--version', async () => {
    expect(await rollcall('--version')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as unknown,
    })
  })
  it.each([
    ['', 'Usage: rollcall'],
    ['snyc', 'Did you mean sync?'],
    ['sync --dryrun', 'Did you mean --dry-run?'],
    ['sync extra', 'too many arguments'],
    ['sync --source acne', 'there is no source "acne" in'],
    ['sync --source acne', 'Did you mean "acme"?'],
    ['sync --group g1', '--group needs exactly one --source'],
    ['sync --config nowhere.yaml', 'does not exist'],
    ['members --source acme', "required option '--group <id>'"],
    ['members --source acme --group g --at soon', 'is no time'],
    ['members --source acme --group g --at 2999-01-01', 'lies in the future'],
    ['members --source acme --group g', 'has no group "g"'],
    ['changes --since 1d --until 2d', 'must be before'],
    ['changes --source nobody', 'Known: acme, other, gone-by'],
    ['simulate --port 70000', 'from 0 to 65535'],
    ['simulate --fault http502', 'http502=0.05'],
    ['simulate --fault http502=2', 'a rate from 0 to 1'],
    ['simulate --world x --seed 3', 'leave one out'],
    ['simulate --churn fast', 'from 0 to 10000'],
  ])('"%s" is exit code 2 and a word about it', async (line, says) => {
    const { code, out, err } = await rollcall(line)
    expect(err).toContain(says)
    expect(err).not.toMatch(/\n {4}at /)
    expect([code, out]).toEqual([2, ''])
  })
})

describe('sync', () => {
  it('hands over what was asked and says how it went', async () => {
    const { code, out } = await rollcall('sync --source acme --group @TGS#1 --group g2 --dry-run --no-wait')
    expect(asked).toEqual([{ sources: ['acme'], groups: ['@TGS#1', 'g2'], accounts: [], dryRun: true, wait: false }])
    expect(code).toBe(3)
    expect(out).toContain('! group g1: forbidden')
  })
  it('as JSON is one array and nothing else', async () => {
    const { out, err } = await rollcall('sync --json', { sync: async () => [result({ changes: [change({})] })] })
    expect(JSON.parse(out)).toMatchObject([
      { source: 'acme', runId: 3, verdict: 'complete', changes: [{ groupId: '@TGS#1' }] },
    ])
    expect(err).toBe('')
  })
  it.each([
    [0, [result({})]],
    [3, [result({}), result({ verdict: 'failed' })]],
    [1, [result({ verdict: 'failed' }), result({ verdict: 'failed' })]],
    [3, [result({ members: { ...result({}).members, held: 1 } })]],
    [3, [result({ interrupted: true })]],
  ])('exit code %d', async (code, results) => {
    expect((await rollcall('sync', { sync: async () => results })).code).toBe(code)
  })
  it('stopped early says what was kept', async () => {
    const { err } = await rollcall('sync', { sync: async () => [result({ interrupted: true })] })
    expect(err).toContain('299 groups were read completely and are written')
  })
})

describe('errors', () => {
  const failing = (error: unknown): Partial<Services> => ({ status: () => Promise.reject(error as Error) })
  it('of the operator and of a vendor: the message alone, exit code 1', async () => {
    const vendor = new VendorError('wrong key', { fault: 'stop', code: '70009', endpoint: 'getGroupInfo' })
    for (const error of [new OperatorError('wrong key'), vendor]) {
      expect(await rollcall('status', failing(error))).toEqual({ code: 1, out: '', err: 'rollcall: wrong key\n' })
    }
  })
  it('nobody expected: a short word; where it happened only with LOG_LEVEL=debug', async () => {
    const quiet = await rollcall('status', failing(new Error('boom marked-9f3')))
    expect(quiet.code).toBe(1)
    expect(quiet.err).toContain('boom [redacted]')
    expect(quiet.err).toContain('report it')
    expect(quiet.err).not.toMatch(/\n {4}at /)
    const loud = await rollcall('status', { ...failing(new Error('boom')), env: { LOG_LEVEL: 'debug' } })
    expect(loud.err).toMatch(/\n {4}at /)
  })
  it('of the system come with the cure', async () => {
    const full = Object.assign(new Error('write ENOSPC'), { code: 'ENOSPC' })
    expect((await rollcall('status', failing(full))).err).toContain('The disk is full')
  })
  it('after Ctrl-C are no error', async () => {
    const stop = new AbortController()
    stop.abort(new Error('stopped'))
    const aborted = await rollcall('status', { ...failing(stop.signal.reason), signal: stop.signal })
    expect(aborted).toMatchObject({ code: 130, err: expect.stringContaining('Stopped.') as unknown })
  })
})

it('doctor goes on after a fault of the configuration, hides secrets, and says it in its exit code', async () => {
  const mended = await rollcall('doctor')
  expect(mended).toMatchObject({ code: 1, err: '1 fault.\n' })
  expect(mended.out).toContain('✗ database  password [redacted] refused\n    → mend it')
  const broken = await rollcall('doctor --config nowhere.yaml')
  expect(broken.code).toBe(2)
  expect(broken.out).toContain('✗ configuration')
  expect(broken.out).toContain('✗ database')
})

it('status and changes as JSON', async () => {
  expect(JSON.parse((await rollcall('status --json')).out)).toMatchObject({
    sources: [
      { name: 'acme', lastRun: { verdict: 'complete', startedAt: expect.stringMatching(/Z$/) as unknown } },
      { lastRun: null },
    ],
  })
  const lines = (await rollcall('changes --json')).out.trimEnd().split('\n')
  expect(lines).toHaveLength(1000)
  expect(JSON.parse(lines[999] ?? '')).toMatchObject({ id: 999, kind: 'joined' })
})

it('ends quietly when nobody reads any more (| head)', async () => {
  let wrote = 0
  const broken = new Writable({
    write(_chunk, _encoding, done) {
      wrote += 1
      done(wrote > 3 ? Object.assign(new Error('EPIPE'), { code: 'EPIPE' }) : null)
    },
  })
  const stderr = new PassThrough()
  const io = createIo(broken, stderr)
  const options = { io, services, signal: new AbortController().signal, clock: { now: () => at }, env: {}, cwd }
  expect(await run(['changes'], options)).toBe(0)
  expect(wrote).toBe(4)
  expect(stderr.read()).toBeNull()
})

it('the first signal ends cleanly, the second at once', () => {
  const listeners: (() => void)[] = []
  const exits: unknown[] = []
  const process = {
    on: (_name: string, listener: () => void) => listeners.push(listener),
    off: () => listeners.pop(),
    exit: (code: unknown) => exits.push(code),
  } as unknown as NodeJS.Process
  const notes: string[] = []
  const interrupt = createInterrupt(process, (note) => notes.push(note))
  listeners[0]?.()
  expect([interrupt.signal.aborted, exits, notes.length]).toEqual([true, [], 1])
  listeners[1]?.()
  expect(exits).toEqual([130])
  interrupt[Symbol.dispose]()
  expect(listeners).toEqual([])
})
