import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createIo } from '../../src/cli/io.ts'
import { run } from '../../src/cli/program.ts'
import { services } from '../../src/cli/services.ts'
import { realClock } from '../../src/simulator/clock.ts'
import { type Simulator, startSimulator } from '../../src/simulator/index.ts'
import { createWorld } from '../../src/simulator/world.ts'
import { cloneDatabase, type TestDatabase } from '../support/database.ts'
import { DIALECTS } from '../support/dialects.ts'

/** `import` and `retain` from the sources file to the exit code: real services, a real database, the simulated vendor. */

const G = '@TGS#1'
const world = createWorld(realClock)
const cwd = mkdtempSync(join(tmpdir(), 'rollcall-retain-'))
let sim: Simulator
let database: TestDatabase

beforeAll(async () => {
  database = await cloneDatabase()
  sim = await startSimulator({ apps: [DIALECTS.tencent.app(world)] })
  const secret = DIALECTS.tencent.secrets[0] ?? ''
  const source = (name: string, more: string) =>
    `  - { name: ${name}, vendor: tencent, baseUrl: "${sim.url}", sdkAppId: 1400000001, identifier: administrator,
      secretKey: ${secret}, discover: { allGroups: true }, limits: { getAppidGroupList: 1000 }${more} }\n`
  writeFileSync(join(cwd, 'rollcall.yaml'), `sources:\n${source('acme', ', retain: { history: 12mo }')}`)
  writeFileSync(join(cwd, 'for-ever.yaml'), `sources:\n${source('acme', '')}`)
  world.createGroup({ groupId: G, type: 'Public', name: 'Hall' })
  world.join(G, 'ann', { role: 'Owner' })
})
afterAll(async () => {
  await sim.close()
  rmSync(cwd, { recursive: true })
})

async function rollcall(...line: string[]) {
  const texts = { out: '', err: '' }
  const into = (name: keyof typeof texts) =>
    new Writable({
      decodeStrings: false,
      write(text: string, _encoding, done) {
        texts[name] += text
        done()
      },
    })
  const code = await run(line, {
    io: createIo(into('out'), into('err')),
    services,
    signal: new AbortController().signal,
    env: { DATABASE_URL: database.url },
    cwd,
    clock: { now: Date.now },
  })
  return { code, ...texts }
}

test('import, then sync, then retain: words, shapes and exit codes', async () => {
  const csv = join(cwd, 'old.csv')
  writeFileSync(csv, `group,account,role\n${G},ann,owner\n${G},bob,member\n`)
  expect(await rollcall('import', 'old.csv')).toMatchObject({ code: 2, err: expect.stringContaining('say --at TIME') })
  const at = '2019-05-01T00:00Z'
  const dry = await rollcall('import', 'old.csv', '--at', at, '--dry-run')
  expect(dry).toMatchObject({ code: 0, err: '' })
  expect(dry.out).toContain('Nothing speaks against it. Nothing was imported.')
  const done = await rollcall('import', 'old.csv', '--at', at, '--json')
  expect(JSON.parse(done.out)).toMatchObject({ importId: 1, already: false, snapshots: 1, stays: 2 })
  expect((await rollcall('import', 'old.csv', '--at', at)).out).toContain('was imported before, as import 1')
  expect(JSON.parse((await rollcall('import', '--list', '--json')).out)).toMatchObject([{ id: 1, file: 'old.csv' }])

  expect(await rollcall('sync')).toMatchObject({ code: 0 })
  const changes = await rollcall('changes', '--account', 'bob')
  expect(changes.out.trimEnd().split('\n')).toEqual([
    expect.stringContaining('bob joined as member [imported, not proven]'),
    expect.stringMatching(/bob left \(was member\) \(within the .* before\) \[imported, not proven\]/),
  ])
  const json = (await rollcall('changes', '--account', 'bob', '--json')).out.trimEnd().split('\n')
  expect(json.map((line) => JSON.parse(line))).toMatchObject([
    { kind: 'joined', imported: true, runId: null },
    { kind: 'left', imported: true, runId: null },
  ])
  const { id } = JSON.parse(json[1] ?? '') as { id: string }
  expect((await rollcall('explain', id)).out).toContain('Known from an imported file alone')
  const then = await rollcall('members', '--source', 'acme', '--group', G, '--at', '2019-06-01')
  expect(then.out).toContain('Not proven: the group had not been read completely by then.')
  expect(then.out).toMatch(/bob +member +not proven/)

  expect(await rollcall('retain', '--config', 'for-ever.yaml')).toMatchObject({
    code: 2,
    err: expect.stringContaining('keeps everything for ever. Say "retain:'),
  })
  // bob was seen to be gone today: that is within the limit, so he stays.
  const counted = await rollcall('retain', '--dry-run')
  expect(counted).toMatchObject({ code: 0, err: '' })
  expect(counted.out).toMatch(/This would go:[\s\S]*acme +0 +0 +0 +0/)
  const retained = await rollcall('retain', '--json')
  expect(JSON.parse(retained.out)).toMatchObject([{ source: 'acme', stays: 0, readsFrom: null, done: true }])
  const before = await rollcall('members', '--source', 'acme', '--group', G, '--at', '2019-06-01')
  expect(before.out).toContain('The history of acme is kept from ')
  const report = await rollcall('report', 'ever-members', '--group', G, '--since', '2019-01-01', '--json')
  expect(report.err).toContain('The history of acme is kept from ')
  expect(JSON.parse(report.out)).toMatchObject([
    { account_id: 'ann', imported: true },
    { account_id: 'ann', imported: false },
    { account_id: 'bob', imported: true },
  ])
  expect((await rollcall('changes', '--since', '2019-01-01')).err).toContain('acme: the history is kept from ')
  expect(await rollcall('import', '--remove', '7')).toMatchObject({ code: 2 })
  expect((await rollcall('import', '--remove', '1')).out).toBe('old.csv is taken back: 2 stays.\n')
})
