import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createIo } from '../../src/cli/io.ts'
import { run } from '../../src/cli/program.ts'
import { services } from '../../src/cli/services.ts'
import { parseStretch, parseTime } from '../../src/cli/time.ts'
import type { Services } from '../../src/cli/types.ts'
import { loadConfig } from '../../src/config.ts'
import { UsageError } from '../../src/core/errors.ts'
import { manualClock } from '../../src/simulator/clock.ts'
import { playTimeline } from '../../src/simulator/player.ts'
import { parseTimeline, TimelineError } from '../../src/simulator/timeline.ts'
import { createWorld } from '../../src/simulator/world.ts'
import { soiled } from './mutate.ts'
import { RUNS } from './runs.ts'

/** What people write: a value, or a sentence that says what is wrong with it. */

const cwd = mkdtempSync(join(tmpdir(), 'rollcall-fuzz-'))
const seed = RUNS.seed === null ? {} : { seed: RUNS.seed }
const now = Date.UTC(2026, 0, 2)

const example = readFileSync(new URL('../../rollcall.example.yaml', import.meta.url), 'utf8')
const env = Object.fromEntries([...example.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => [name, 'marked-9f3']))
const lines = example.split('\n')
const scrap = fc.oneof(
  fc.constantFrom(
    '- ',
    '  ',
    '\t',
    ': ',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '&a ',
    '*a',
    '!!int ',
    '<<: *a',
    '---',
    '# ',
    '|',
    '>',
    '${',
    '${NOPE}',
    '\u0000',
  ),
  fc.constantFrom(
    'name',
    'vendor',
    'sources',
    'discover',
    'limits',
    'leaveGuard',
    '-1',
    '1e999',
    'null',
    '~',
    '{ count: -1 }',
    '[[]]',
  ),
  fc.string({ unit: 'binary', maxLength: 6 }),
)
const yaml = fc
  .array(
    fc.record({
      at: fc.nat(lines.length - 1),
      how: fc.constantFrom('put', 'drop', 'twice', 'swap'),
      text: scrap,
      place: fc.nat(60),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((changes) =>
    changes
      .reduce<string[]>((text, { at, how, text: scrapText, place }) => {
        const line = text[at] ?? ''
        const put = `${line.slice(0, place)}${scrapText}${line.slice(place)}`
        const instead = { put: [put], drop: [], twice: [line, line], swap: [text[at + 1] ?? '', line] }[how]
        return instead === undefined ? text : text.toSpliced(at, 1, ...instead)
      }, lines)
      .join('\n'),
  )

test(`${RUNS.config} sources files: a configuration or a UsageError without a secret`, () => {
  const path = join(cwd, 'rollcall.yaml')
  fc.assert(
    fc.property(yaml, (text) => {
      writeFileSync(path, text)
      try {
        loadConfig({ cwd, env, sources: 'required' })
      } catch (error) {
        if (!(error instanceof UsageError)) throw error
        expect(error.message).not.toContain('marked-9f3')
      }
    }),
    { numRuns: RUNS.config, ...seed },
  )
}, 3_600_000)

const moment = fc.oneof(
  fc.constantFrom(
    'now',
    'today',
    'yesterday',
    '2024-05-01',
    '2024-02-30',
    '1e9',
    '0',
    '-1',
    '9'.repeat(30),
    '1d1d',
    '2024-05-01T10:00+99:00',
  ),
  fc.tuple(fc.double(), fc.constantFrom('s', 'm', 'h', 'd', 'w', 'y', '')).map(([n, unit]) => `${n}${unit}`),
  fc
    .tuple(fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.constantFrom('s', 'd', 'w', ''))
    .map(([n, unit]) => `${n}${unit}`),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc
    .tuple(fc.nat(9999), fc.nat(99), fc.nat(99), fc.nat(99), fc.nat(99))
    .map(([y, m, d, h, s]) => `${y}-${m}-${d}T${h}:${s}`),
  fc.string({ unit: 'binary', maxLength: 20 }),
)
test(`${RUNS.time} times: a moment that a calendar has, or a UsageError`, () => {
  fc.assert(
    fc.property(moment, fc.option(moment, { nil: undefined }), (text, other) => {
      try {
        const at = parseTime(text, '--at', now)
        expect(Number.isNaN(new Date(at).getTime())).toBe(false)
        const { since, until } = parseStretch(text, other, now)
        for (const end of [since, until]) if (end !== null) new Date(end).toISOString()
      } catch (error) {
        if (!(error instanceof UsageError)) throw error
      }
    }),
    { numRuns: RUNS.time, ...seed },
  )
}, 3_600_000)

writeFileSync(
  join(cwd, 'sound.yaml'),
  'sources:\n  - { name: acme, vendor: tencent, region: cn, sdkAppId: 1, identifier: admin, secretKey: marked-9f3, discover: { allGroups: true } }\n',
)
/** Nothing behind the verbs: what is asked of them is answered with a refusal of the user's. */
const refuse = () => {
  throw new UsageError('enough')
}
const idle = new Proxy(services, {
  get: (_target, name) => (name === 'queue' || name === 'held' ? new Proxy({}, { get: () => refuse }) : refuse),
}) as Services
const word = fc.oneof(
  fc.constantFrom(
    ...[
      'sync',
      'status',
      'members',
      'changes',
      'held',
      'list',
      'approve',
      'reject',
      'resync',
      'schedule',
      'report',
      'export',
      'doctor',
      'migrate',
      'simulate',
    ],
    ...[
      '--source',
      '--group',
      '--account',
      '--at',
      '--since',
      '--until',
      '--json',
      '--dry-run',
      '--no-wait',
      '--port',
      '--seed',
      '--fault',
      '--config',
      'sound.yaml',
    ],
    ...[
      'acme',
      '1',
      '-1',
      '',
      '--',
      '-',
      '-h',
      '--help',
      '7d',
      'http502=0.1',
      '__proto__',
      '--format',
      'csv',
      '--all',
      '--wait',
    ],
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
)
test(`${RUNS.flags} command lines: an exit code that is documented, and a sentence`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 7 }), async (argv) => {
      let said = ''
      const sink = () =>
        new Writable({ decodeStrings: false, write: (text: string, _, done) => ((said += text), done()) })
      const io = createIo(sink(), sink())
      const signal = new AbortController().signal
      const code = await run(argv, { io, services: idle, signal, env: {}, cwd, clock: { now: () => now } })
      expect([0, 1, 2, 3]).toContain(code)
      expect(said).not.toContain('failed in a way it should not')
      expect(said).not.toContain('marked-9f3')
    }),
    { numRuns: RUNS.flags, ...seed },
  )
}, 3_600_000)

const events = [
  { t: 1, op: 'group.create', group: 'a', gen: 1, name: 'A', description: '' },
  { t: 2, op: 'member.join', group: 'a', account: 'x', role: 'Owner' },
  { t: 3, op: 'member.join', group: 'a', account: 'y', role: 'Member' },
  { t: 3, op: 'member.role', group: 'a', account: 'y', role: 'Admin' },
  { t: 4, op: 'group.update', group: 'a', set: { name: 'AA' } },
  { t: 5, op: 'member.leave', group: 'a', account: 'x' },
  { t: 6, op: 'group.dissolve', group: 'a' },
]
test(`${RUNS.timeline} timelines: read and played to the end, or a TimelineError`, () => {
  const line = fc.tuple(
    ...events.map((event) => fc.oneof({ weight: 6, arbitrary: fc.constant(JSON.stringify(event)) }, soiled(event))),
  )
  fc.assert(
    fc.property(line, fc.boolean(), (texts, reversed) => {
      const text = (reversed ? texts.toReversed() : texts).join('\n')
      try {
        const timeline = parseTimeline(text)
        const clock = manualClock(Number.NEGATIVE_INFINITY)
        playTimeline(timeline, createWorld(clock), { clock, untilT: timeline.last })
      } catch (error) {
        if (!(error instanceof TimelineError)) throw error
      }
    }),
    { numRuns: RUNS.timeline, ...seed },
  )
}, 3_600_000)
