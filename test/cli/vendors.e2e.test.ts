import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { realClock } from '../../src/simulator/clock.ts'
import { type SimApp, startSimulator } from '../../src/simulator/index.ts'
import type { World } from '../../src/simulator/types.ts'
import { createWorld } from '../../src/simulator/world.ts'
import { cloneDatabase } from '../support/database.ts'
import { DIALECTS, VENDORS } from '../support/dialects.ts'
import { shownRoll } from '../support/rig.ts'
import { type Ended, home } from '../support/rollcall.ts'

vi.setConfig({ testTimeout: 120_000 })

/** Three vendors through the compiled program: side by side, and each with what people get wrong. */

type Vendor = (typeof VENDORS)[number]
const FAST = { tencent: 'getAppidGroupList', easemob: 'listGroups', yunxin: 'joinedTeams' } as const

/** A simulated app of each vendor with two groups of its own. */
async function apps(clock = realClock) {
  const worlds = new Map<Vendor, World>()
  const all: SimApp[] = VENDORS.map((vendor) => {
    const { app, groupId, types } = DIALECTS[vendor]
    const world = createWorld(realClock)
    for (const n of [0, 1]) {
      world.createGroup({ groupId: groupId(n), type: types[0] ?? '', name: `${vendor} ${n}` })
      for (let m = 0; m < 4; m++) world.join(groupId(n), `u${m}`, { role: m === 0 ? 'Owner' : 'Member' })
    }
    worlds.set(vendor, world)
    return { ...app(world), name: vendor } as SimApp
  })
  const sim = await startSimulator({ apps: all, wallClock: clock })
  return { sim, worlds, world: (vendor: Vendor) => worlds.get(vendor) ?? createWorld(realClock) }
}
type Apps = Awaited<ReturnType<typeof apps>>

/** A source of the sources file; `lines` replace its keys, and an empty text leaves one out. */
function source(vendor: Vendor, baseUrl: string, lines: Readonly<Record<string, string>> = {}): string {
  const { vendor: _, ...config } = DIALECTS[vendor].config(baseUrl) as unknown as Record<string, unknown>
  const keys: Record<string, string> = { vendor }
  for (const [key, value] of Object.entries(config)) if (key !== 'groupTypes') keys[key] = JSON.stringify(value)
  keys['discover'] = vendor === 'yunxin' ? '{ accounts: [u0] }' : '{ allGroups: true }'
  keys['limits'] = `{ ${FAST[vendor]}: 1000 }`
  const written = Object.entries({ ...keys, ...lines }).filter(([, value]) => value !== '')
  return `  - name: ${vendor}\n${written.map(([key, value]) => `    ${key}: ${value}\n`).join('')}`
}

async function place(sources: readonly string[]) {
  const database = await cloneDatabase()
  const at = home({ DATABASE_URL: database.url })
  const write = (all: readonly string[]) => at.write('rollcall.yaml', `sources:\n${all.join('')}`)
  write(sources)
  return { at, pool: database.pool, write, [Symbol.dispose]: () => at[Symbol.dispose]() }
}

const verdicts = ({ out }: Ended) =>
  Object.fromEntries((JSON.parse(out) as { source: string; verdict: string }[]).map((one) => [one.source, one.verdict]))
/** With `--json` the reasons stand in the JSON, as `error` and `problems`. */
const said = ({ out, err }: Ended) => `${out}\n${err}`
const SECRETS = VENDORS.flatMap((vendor) => DIALECTS[vendor].secrets)
function isClean({ out, err }: Ended): void {
  expect(`${out}\n${err}`).not.toMatch(/^\s+at .*[:(]\d+/m)
  for (const secret of SECRETS) expect(`${out}\n${err}`).not.toContain(secret)
}

describe('one sync of three sources', () => {
  let three: Apps
  beforeAll(async () => {
    three = await apps()
  })
  afterAll(() => three.sim.close())

  test('reads them side by side, each into its own roll', async () => {
    using p = await place(VENDORS.map((vendor) => source(vendor, three.sim.url)))
    const ended = await p.at.run('sync', '--json')
    expect([ended.code, verdicts(ended)]).toEqual([0, { tencent: 'complete', easemob: 'complete', yunxin: 'complete' }])
    const { rows } = await p.pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM rollcall.runs a JOIN rollcall.runs b ON a.source < b.source
       AND a.started_at < b.finished_at AND b.started_at < a.finished_at`,
    )
    expect(rows).toEqual([{ n: 3 }]) // each pair of runs overlaps in time
    const { rows: sources } = await p.pool.query(
      'SELECT source, count(*)::int AS members FROM rollcall.current_members GROUP BY source ORDER BY source',
    )
    expect(sources).toEqual([...VENDORS].sort().map((name) => ({ source: name, members: 8 })))
    const status = await p.at.run('status', '--json')
    const shown = JSON.parse(status.out) as { sources: { name: string; vendor: string; groups: number }[] }
    expect(shown.sources.map(({ name, vendor, groups }) => [name, vendor, groups])).toEqual(
      VENDORS.map((vendor) => [vendor, vendor, 2]),
    )
  })

  test.each<[Vendor, Record<string, string>, RegExp]>([
    ['tencent', { secretKey: '0f1e2d3c4b5a69788796a5b4c3d2e1f0' }, /check secretKey/],
    ['easemob', { clientSecret: 'another-one' }, /check clientId and clientSecret/],
    ['yunxin', { appSecret: 'another-one' }, /check appSecret, and the clock/],
  ])('%s with a wrong secret: the others are complete, exit 3, and nothing of it is gone', async (bad, lines, told) => {
    const all = VENDORS.map((vendor) => source(vendor, three.sim.url))
    using p = await place(all)
    expect((await p.at.run('sync')).code).toBe(0)
    const before = await shownRoll(p.pool)
    p.write(VENDORS.map((vendor) => source(vendor, three.sim.url, vendor === bad ? lines : {})))
    const ended = await p.at.run('sync', '--json')
    expect(ended.code).toBe(3)
    expect(verdicts(ended)).toEqual({ tencent: 'complete', easemob: 'complete', yunxin: 'complete', [bad]: 'failed' })
    expect(said(ended)).toMatch(told)
    isClean(ended)
    expect(await shownRoll(p.pool)).toEqual(before)
    const alone = await p.at.run('sync', '--source', bad, '--json')
    expect([alone.code, verdicts(alone)]).toEqual([1, { [bad]: 'failed' }])
  })

  test.each<[string, Vendor, Record<string, string>, RegExp]>([
    ['org', 'easemob', { orgName: 'other' }, /no app other#im .*check orgName, appName and baseUrl/],
    ['app', 'easemob', { appName: 'other' }, /no app acme#other .*check orgName, appName and baseUrl/],
    ['client id', 'easemob', { clientId: 'another-id' }, /check clientId and clientSecret/],
    ['app key', 'yunxin', { appKey: 'another-key' }, /check appKey/],
    ['identifier', 'tencent', { identifier: 'nobody' }, /not an administrator/],
  ])(
    'a wrong %s (%s) is a fault of the configuration, and never the end of all groups',
    async (_what, bad, lines, told) => {
      using p = await place([source(bad, three.sim.url)])
      expect((await p.at.run('sync')).code).toBe(0)
      const before = await shownRoll(p.pool)
      p.write([source(bad, three.sim.url, lines)])
      for (const verb of ['sync', 'doctor']) {
        const ended = await p.at.run(verb)
        expect(ended.code).not.toBe(0)
        expect(said(ended)).toMatch(told)
        isClean(ended)
      }
      expect(await shownRoll(p.pool)).toEqual(before)
    },
  )

  test('an unknown account in the list is named, and the rest goes on', async () => {
    using p = await place([source('yunxin', three.sim.url, { discover: '{ accounts: [nobody, u0] }' })])
    const ended = await p.at.run('sync', '--json')
    expect([ended.code, verdicts(ended)]).toEqual([0, { yunxin: 'complete' }])
    expect(said(ended)).toMatch(/account does not exist/)
    expect(Object.keys(await shownRoll(p.pool))).toHaveLength(2)
  })

  test.each(VENDORS)('%s: an accounts file with blank lines, duplicates and Windows line ends', async (vendor) => {
    using p = await place([source(vendor, three.sim.url, { discover: '{ accountsFile: accounts.txt }' })])
    p.at.write('accounts.txt', '\uFEFFu0\r\n\r\n  u1  \r\nu0\r\n\r\nu1\r\n')
    three.sim.clearSeen()
    const ended = await p.at.run('sync', '--json')
    expect([ended.code, verdicts(ended)]).toEqual([0, { [vendor]: 'complete' }])
    const asked = three.sim.seen.flatMap(({ account, endpoint }) => (/oined/.test(endpoint) ? [account ?? ''] : []))
    expect([...new Set(asked)].sort()).toEqual(['u0', 'u1'])
    expect(Object.keys(await shownRoll(p.pool))).toHaveLength(2)
  })
})

describe('what is not the vendor', () => {
  test.each(VENDORS)(
    '%s: HTML instead of JSON, and the cluster of another: a message that names baseUrl or a proxy',
    async (vendor) => {
      let status = 200
      const page = createServer((_request, response) => {
        response.writeHead(status, { 'content-type': 'text/html' }).end('<html><body>Welcome to nginx!</body></html>')
      })
      await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve))
      const url = `http://127.0.0.1:${(page.address() as AddressInfo).port}`
      try {
        using p = await place([source(vendor, url)])
        for (status of [200, 404]) {
          const ended = await p.at.run('sync', '--json')
          expect([ended.code, verdicts(ended)]).toEqual([1, { [vendor]: 'failed' }])
          expect(said(ended)).toMatch(/proxy in between|check baseUrl/)
          isClean(ended)
        }
      } finally {
        page.close()
      }
    },
  )

  test('a clock six minutes off: Yunxin refuses, and the message tells of the clock', async () => {
    const off = await apps({ now: () => Date.now() + 360_000 })
    try {
      using p = await place([source('yunxin', off.sim.url)])
      const ended = await p.at.run('sync', '--json')
      expect([ended.code, verdicts(ended)]).toEqual([1, { yunxin: 'failed' }])
      expect(said(ended)).toMatch(/the clock of this machine: a signature is good for 5 minutes/)
      const doctor = await p.at.run('doctor')
      expect(said(doctor)).toMatch(/the clock of this machine/)
    } finally {
      await off.sim.close()
    }
  })

  test('a Yunxin app without super teams: complete, and no super team that was known is gone', async () => {
    const some = await apps()
    try {
      const [app] = some.sim.apps.filter((one) => one.vendor === 'yunxin')
      if (app?.vendor !== 'yunxin') throw new Error('no such app')
      app.quirks = { superTeams: false }
      using p = await place([source('yunxin', some.sim.url)])
      expect((await p.at.run('sync')).code).toBe(0)
      app.quirks = {}
      const world = some.world('yunxin')
      world.createGroup({ groupId: '7777', type: 'super', name: 'super' })
      world.join('7777', 'u0', { role: 'Owner' })
      expect((await p.at.run('sync')).code).toBe(0)
      const before = await shownRoll(p.pool)
      expect(Object.keys(before)).toHaveLength(3)
      app.quirks = { superTeams: false }
      const ended = await p.at.run('sync')
      expect(ended.code).toBe(3)
      expect(said(ended)).toMatch(/super teams are not enabled/)
      expect(await shownRoll(p.pool)).toEqual(before)
    } finally {
      await some.sim.close()
    }
  })
})
