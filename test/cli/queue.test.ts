import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { createIo } from '../../src/cli/io.ts'
import { run } from '../../src/cli/program.ts'
import type { QueueServices, ResyncAnswer } from '../../src/cli/queue-types.ts'
import { services } from '../../src/cli/services.ts'
import { at, change, counts } from './fixtures.ts'

const cwd = mkdtempSync(join(tmpdir(), 'rollcall-cli-queue-'))
writeFileSync(
  join(cwd, 'rollcall.yaml'),
  'sources:\n  - { name: acme, vendor: tencent, region: cn, sdkAppId: 1, identifier: admin, secretKey: marked-9f3, discover: { allGroups: true } }\n',
)
const asked: unknown[] = []
const answer: ResyncAnswer = { ask: 7, source: 'acme', run: null, note: null, changes: [] }
const schedule = {
  source: 'acme',
  pattern: '30 2 * * *',
  timezone: 'Europe/Berlin',
  next: [Date.UTC(2026, 2, 29, 1)],
  applied: false,
  lastTick: null,
  lastSkipped: at,
}

async function rollcall(line: string, more: Partial<QueueServices> = {}) {
  const out: string[] = []
  const err: string[] = []
  const into = (texts: string[]): Writable =>
    new Writable({ decodeStrings: false, write: (text: string, _encoding, done) => (texts.push(text), done()) })
  const queue: QueueServices = {
    work: async (_config, { tell, ...ask }) => {
      asked.push(ask)
      tell('Working.')
    },
    resync: async (_config, ask) => (asked.push(ask), answer),
    schedules: async () => [schedule],
    applySchedules: async () => [],
    ...more,
  }
  asked.length = 0
  const io = createIo(into(out), into(err))
  const life = { signal: new AbortController().signal, env: {}, cwd, clock: { now: () => at } }
  const code = await run(line.split(' '), { io, services: { ...services, queue }, ...life })
  return { code, out: out.join(''), err: err.join('') }
}

it.each(['worker', 'up', 'resync', 'schedule', 'schedule list', 'schedule apply'])(
  '%s --help shows examples',
  async (verb) => {
    const { code, out } = await rollcall(`${verb} --help`)
    expect([code, out.includes(`Usage: rollcall ${verb}`), out.includes('Example')]).toEqual([0, true, true])
  },
)

it.each([
  ['resync --source acme', 'Say what to read'],
  ['resync --source acme --all --group g', 'Say what to read'],
  ['resync --source acne --all', 'there is no source "acne"'],
  ['worker --concurrency 0', 'from 1 to 64'],
])('"%s" is exit code 2', async (line, says) => {
  expect(await rollcall(line)).toMatchObject({ code: 2, err: expect.stringContaining(says) as unknown })
})

it('worker and up hand over how much to do at once, and whether to follow the schedules', async () => {
  await rollcall('worker --concurrency 8')
  expect(asked).toEqual([{ concurrency: 8, schedules: false }])
  const { err } = await rollcall('up')
  expect(asked).toEqual([{ concurrency: 4, schedules: true }])
  expect(err).toBe('No source has a schedule: nothing is read until "rollcall resync" asks for it.\nWorking.\n')
})

it('resync: queued, or waited for with the changes found and the exit code of the verdict', async () => {
  expect(await rollcall('resync --source acme --group g1 --group g2')).toMatchObject({
    code: 0,
    out: expect.stringContaining('Queued as ask 7 of acme') as unknown,
  })
  expect(asked).toEqual([{ source: 'acme', groups: ['g1', 'g2'], accounts: [], wait: false }])
  const ended = { ...counts, runId: 3, verdict: 'partial', reason: 'group g1: forbidden' } as const
  const waited = { resync: async () => ({ ...answer, run: ended, changes: [change({})] }) }
  const shown = await rollcall('resync --source acme --account leckie --wait', waited)
  expect(shown.code).toBe(3)
  expect(shown.out).toMatch(/acme {2}partial in .*\n {2}! group g1: forbidden\n {2}.*leckie/)
  expect(JSON.parse((await rollcall('resync --source acme --all --json', waited)).out)).toMatchObject({
    ask: 7,
    run: { runId: 3, verdict: 'partial' },
    changes: [{ groupId: '@TGS#1', kind: 'joined' }],
  })
})

it('schedule list shows both zones, what is not applied, and what was skipped', async () => {
  const { out } = await rollcall('schedule list')
  expect(out).toContain('acme  30 2 * * * (Europe/Berlin)   not applied yet')
  expect(out).toContain('  2026-03-29 03:00 there   ')
  expect(out).toContain('the run before it was still going')
  expect((await rollcall('schedule apply')).out).toContain('No source has a schedule')
})
