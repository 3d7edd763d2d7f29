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
import { cloneDatabase } from '../support/database.ts'
import { DIALECTS } from '../support/dialects.ts'

/** `held` from the sources file to the exit code: real services, a real database, the simulated vendor. */

const G = '@TGS#1'
const world = createWorld(realClock)
const cwd = mkdtempSync(join(tmpdir(), 'rollcall-held-'))
let sim: Simulator
let url: string

beforeAll(async () => {
  ;({ url } = await cloneDatabase())
  sim = await startSimulator({ apps: [DIALECTS.tencent.app(world)] })
  const secret = DIALECTS.tencent.secrets[0] ?? ''
  writeFileSync(
    join(cwd, 'rollcall.yaml'),
    `sources:\n  - { name: acme, vendor: tencent, baseUrl: "${sim.url}", sdkAppId: 1400000001, identifier: administrator,
      secretKey: ${secret}, discover: { allGroups: true }, limits: { getAppidGroupList: 1000 },
      leaveGuard: { count: 5, percent: 30 }, dissolveGuard: { count: 1, percent: 50 } }\n`,
  )
  fill(G)
  fill('@TGS#2')
})
afterAll(async () => {
  await sim.close()
  rmSync(cwd, { recursive: true })
})

function fill(groupId: string): void {
  world.createGroup({ groupId, type: 'Public', name: groupId })
  for (let n = 0; n < 12; n++) world.join(groupId, `u${n}`, { role: n === 0 ? 'Owner' : 'Member' })
}

async function rollcall(line: string) {
  const texts = { out: '', err: '' }
  const into = (name: keyof typeof texts) =>
    new Writable({
      decodeStrings: false,
      write(text: string, _encoding, done) {
        texts[name] += text
        done()
      },
    })
  const code = await run(line.split(' '), {
    io: createIo(into('out'), into('err')),
    services,
    signal: new AbortController().signal,
    env: { DATABASE_URL: url },
    cwd,
    clock: { now: Date.now },
  })
  return { code, ...texts }
}

test('held list, status, reject and approve: shapes, words and exit codes', async () => {
  expect(await rollcall('sync --json')).toMatchObject({ code: 0 })
  expect(await rollcall('held list')).toEqual({ code: 0, out: 'Nothing is held back.\n', err: '' })
  for (let n = 4; n < 12; n++) world.leave(G, `u${n}`)
  const synced = await rollcall('sync --json')
  expect(synced.code).toBe(3)
  expect(JSON.parse(synced.out)).toMatchObject([{ verdict: 'partial', members: { left: 0, held: 8 } }])

  const listed = await rollcall('held list --json')
  const lines = listed.out.trimEnd().split('\n')
  expect(lines).toHaveLength(1)
  const one = JSON.parse(lines[0] ?? '') as { id: number }
  expect(one).toEqual({
    id: expect.any(Number) as unknown,
    source: 'acme',
    groupId: G,
    kind: 'leaves',
    count: 8,
    of: 12,
    since: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
    accounts: ['u10', 'u11', 'u4', 'u5', 'u6', 'u7', 'u8', 'u9'],
    reason: expect.stringContaining('leaveGuard') as unknown,
  })
  expect((await rollcall('held list --source acme')).out).toContain('8 of 12')
  expect(JSON.parse((await rollcall('status --json')).out)).toMatchObject({ sources: [{ name: 'acme', held: 8 }] })
  expect((await rollcall('status')).out).toContain('8 held back by the guard')

  expect(await rollcall('held approve 999')).toMatchObject({ code: 2, err: expect.stringContaining('999') as unknown })
  expect(await rollcall('held approve x')).toMatchObject({ code: 2 })
  expect(await rollcall(`held reject ${one.id}`)).toMatchObject({ code: 0, out: '' })
  expect(await rollcall('held list --json')).toMatchObject({ code: 0, out: '' })
  expect((await rollcall('held list --all')).out).toContain('rejected')
  expect(await rollcall('held reject 999')).toMatchObject({ code: 2 })

  const approved = await rollcall(`held approve ${one.id} --json`)
  expect(approved.code).toBe(0)
  expect(JSON.parse(approved.out)).toMatchObject({
    verdict: 'complete',
    members: { left: 8, held: 0 },
    groups: { seen: 1 },
  })
  expect(await rollcall(`held approve ${one.id}`)).toMatchObject({ code: 2 })
  expect(await rollcall('sync')).toMatchObject({ code: 0 })
})

test('the guard of dissolving reaches the sync from the sources file', async () => {
  world.dissolve(G)
  world.dissolve('@TGS#2')
  expect(await rollcall('sync')).toMatchObject({ code: 3 })
  const cases = (await rollcall('held list --json')).out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { groupId: string })
    .toSorted((a, b) => (a.groupId < b.groupId ? -1 : 1))
  expect(cases).toMatchObject([
    { kind: 'dissolved', groupId: G, count: 4, of: 4 },
    { kind: 'dissolved', groupId: '@TGS#2', count: 12, of: 12 },
  ])
})
