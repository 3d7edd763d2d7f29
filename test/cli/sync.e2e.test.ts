import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { canonical } from '../../src/core/canonical.ts'
import type { Json } from '../../src/core/member.ts'
import { cloneDatabase } from '../support/database.ts'
import { ask, until } from '../support/embedded.ts'
import { dump } from '../support/facts.ts'
import { home, KEY, processesOf, vendorApp } from '../support/rollcall.ts'

vi.setConfig({ testTimeout: 120_000 })

/** The compiled program against a simulated vendor, from the outside. */

async function setting(more: Parameters<typeof vendorApp>[0] = {}, lines: Readonly<Record<string, string>> = {}) {
  const database = await cloneDatabase()
  const app = await vendorApp(more)
  const at = home({ DATABASE_URL: database.url, TENCENT_SECRET_KEY: KEY })
  at.write('rollcall.yaml', `sources:\n${app.yaml(lines)}`)
  return {
    ...app,
    at,
    pool: database.pool,
    url: database.url,
    async [Symbol.asyncDispose]() {
      await app.sim.close()
      at[Symbol.dispose]()
    },
  }
}
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const counts = (n: number) => ({ seen: n, complete: n, partial: 0, gone: 0, failed: 0, unchanged: 0, unwalked: 0 })

describe('machine output has the shape that the interface promises', () => {
  test('sync, status, members, changes', async () => {
    await using s = await setting()
    s.fill('@TGS#1', 5)
    s.fill('@TGS#2', 3)
    const first = await s.at.run('sync', '--json')
    expect(first.code).toBe(0)
    const [result, ...others] = JSON.parse(first.out) as Record<string, unknown>[]
    expect(others).toEqual([])
    expect(result).toMatchObject({
      source: 'acme',
      runId: 1,
      verdict: 'complete',
      groups: counts(2),
      members: { read: 8, joined: 8, left: 0, changed: 0, held: 0 },
      calls: { getAppidGroupList: 1, getGroupInfo: 1 },
      rateLimited: 0,
      durationMs: expect.any(Number) as number,
    })
    expect(result).not.toHaveProperty('changes')

    s.world.leave('@TGS#1', 'u4')
    s.world.updateMember('@TGS#1', 'u3', { nameCard: 'Three' })
    s.world.updateGroup('@TGS#2', { name: 'renamed' })
    const dry = await s.at.run('sync', '--dry-run', '--json')
    expect(dry.code).toBe(0)
    const [would] = JSON.parse(dry.out) as { runId: unknown; changes: Record<string, unknown>[] }[]
    expect(would?.runId).toBeNull()
    const second = await s.at.run('sync', '--json')
    expect(JSON.parse(second.out)).toMatchObject([
      { runId: 2, groups: { ...counts(2) }, members: { left: 1, changed: 1 } },
    ])

    const status = await s.at.run('status', '--json')
    expect(JSON.parse(status.out)).toEqual({
      sources: [
        {
          name: 'acme',
          vendor: 'tencent',
          lastRun: expect.objectContaining({
            runId: 2,
            verdict: 'complete',
            groups: counts(2),
            members: { read: 7, joined: 0, left: 1, changed: 1, held: 0 },
            calls: { getAppidGroupList: 1, getGroupInfo: 1, getRoleInGroup: 1 },
            rateLimited: 0,
            durationMs: expect.any(Number) as number,
            startedAt: expect.stringMatching(ISO) as string,
            finishedAt: expect.stringMatching(ISO) as string,
          }) as object,
          oldestCompleteRead: expect.stringMatching(ISO) as string,
          groups: 2,
          members: 7,
          held: 0,
          quarantine: { records: [], total: 0 },
          nextRun: null,
        },
      ],
    })

    const changes = await s.at.run('changes', '--json', '--source', 'acme')
    const lines = changes.out.trimEnd().split('\n')
    const all = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(all).toHaveLength(2 + 8 + 3)
    const keys = ['accountId', 'at', 'groupId', 'id', 'kind', 'new', 'notAfter', 'notBefore', 'old', 'runId', 'source']
    for (const change of all) {
      expect(Object.keys(change).toSorted()).toEqual(keys)
      expect(change['at']).toMatch(ISO)
    }
    // What the dry run said is what was then written.
    const bare = (list: readonly Record<string, unknown>[]) =>
      list
        .map(({ groupId, accountId, kind, old, new: now }) => canonical([groupId, accountId, kind, old, now] as Json))
        .toSorted()
    expect(bare(would?.changes ?? [])).toEqual(bare(all.filter((change) => Number(change['runId']) === 2)))
    for (const change of would?.changes ?? []) expect(Object.keys(change).toSorted()).toEqual(keys)
    const left = await s.at.run('changes', '--json', '--account', 'u4', '--group', '@TGS#1')
    expect(
      left.out
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { kind: string }).kind),
    ).toEqual(['joined', 'left'])

    const members = await s.at.run('members', '--source', 'acme', '--group', '@TGS#1', '--json')
    expect(JSON.parse(members.out)).toEqual(
      ['u0', 'u1', 'u2', 'u3'].map((accountId) => ({
        accountId,
        role: accountId === 'u0' ? 'owner' : 'member',
        nameCard: accountId === 'u3' ? 'Three' : null,
        joinedAt: expect.stringMatching(ISO) as string,
        proven: true,
      })),
    )
    const { rows } = await s.pool.query<{ at: Date }>(`SELECT ended_at AS at FROM rollcall.group_reads
      WHERE run_id = 1 AND group_id = '@TGS#1'`)
    const then = ['members', '--source', 'acme', '--group', '@TGS#1', '--at', rows[0]?.at.toISOString() ?? '', '--json']
    expect(JSON.parse((await s.at.run(...then)).out)).toHaveLength(5)
    for (const verb of [['status'], ['changes'], ['members', '--source', 'acme', '--group', '@TGS#1'], ['sync']]) {
      const people = await s.at.run(...verb)
      expect([verb, people.code]).toEqual([verb, 0])
      expect(people.out).not.toContain('undefined')
    }
  })

  test('--dry-run writes nothing at all, and prints what it would write for people too', async () => {
    await using s = await setting()
    s.fill('@TGS#1', 3)
    const roll = () => dump(s.pool, ['limit_row']) // the pace of the calls, which a dry run makes as well
    const before = await roll()
    const dry = await s.at.run('sync', '--dry-run')
    expect(dry.code).toBe(0)
    expect(dry.out).toMatch(/would write:[\s\S]*group created[\s\S]*u0 joined as owner/)
    expect(await roll()).toBe(before)
  })

  test('--group and --account read just those', async () => {
    await using s = await setting()
    s.fill('@TGS#1', 5)
    s.fill('@TGS#2', 3)
    s.fill('@TGS#3', 1)
    s.world.join('@TGS#3', 'bob')
    await s.at.run('sync')
    for (const groupId of ['@TGS#1', '@TGS#2', '@TGS#3']) s.world.join(groupId, 'ann')
    s.sim.clearSeen()
    const one = await s.at.run('sync', '--group', '@TGS#2', '--json')
    expect(JSON.parse(one.out)).toMatchObject([{ verdict: 'complete', groups: { seen: 1 }, members: { joined: 1 } }])
    expect(s.sim.seen.map(({ endpoint }) => endpoint)).toEqual(['getGroupInfo'])
    s.world.leave('@TGS#3', 'bob')
    // Their groups as the vendor lists them, and those the database still has them in.
    const account = await s.at.run('sync', '--account', 'bob', '--json')
    expect(JSON.parse(account.out)).toMatchObject([{ groups: { seen: 1 }, members: { joined: 1, left: 1 } }])
    expect(s.sim.seen.filter(({ endpoint }) => endpoint === 'getAppidGroupList')).toEqual([])
    const unknown = await s.at.run('sync', '--account', 'nobody-at-all', '--json')
    expect(JSON.parse(unknown.out)).toMatchObject([{ groups: { seen: 0 } }])
    expect(unknown.out).toContain('10019')
  })

  test('partial: exit 3, every reason told', async () => {
    await using s = await setting()
    s.fill('@TGS#1', 5)
    s.fill('@TGS#2', 3)
    s.app.quirks = { groupErrors: new Map([['@TGS#2', 10007]]) }
    const ended = await s.at.run('sync', '--json')
    expect(ended.code).toBe(3)
    expect(JSON.parse(ended.out)).toMatchObject([
      { verdict: 'partial', groups: { seen: 2, complete: 1, failed: 1 }, problems: [expect.stringContaining('10007')] },
    ])
    s.app.quirks = {}
    expect((await s.at.run('sync')).code).toBe(0)
  })
})

describe('side by side, and broken off', () => {
  test('--no-wait ends at once with 3 while another sync runs; without it the second waits and says so', async () => {
    await using s = await setting()
    s.fill('@TGS#1', 5)
    s.sim.addFault({ name: 'slow', endpoint: 'getGroupInfo', delayMs: 4000, times: 1 })
    const first = s.at.start('sync', '--json')
    await until(() => s.sim.seen.some(({ endpoint }) => endpoint === 'getGroupInfo'))
    const [busy, waited] = await Promise.all([s.at.run('sync', '--no-wait', '--json'), s.at.run('sync', '--json')])
    expect(busy.code).toBe(3)
    expect(JSON.parse(busy.out)).toMatchObject([
      { runId: null, verdict: 'partial', error: expect.stringMatching(/running/) as string },
    ])
    expect(waited.err).toMatch(/another sync of this source is running; waiting/)
    expect(waited.code).toBe(0)
    expect((await first.ended).code).toBe(0)
    const { rows } = await s.pool.query('SELECT verdict, members_joined::int AS joined FROM rollcall.runs ORDER BY id')
    expect(rows).toEqual([
      { verdict: 'complete', joined: 5 },
      { verdict: 'complete', joined: 0 },
    ])
  })

  test('Ctrl-C ends cleanly: exit 3, says what is kept, and it is kept', async () => {
    await using s = await setting({ quirks: { memberLimitCap: 20, overCap: 'clip' } })
    s.fill('@TGS#1', 5)
    s.fill('@TGS#_@TGS#c', 300, 'Community')
    s.app.quirks = { ...s.app.quirks, detailsMemberCap: 10 }
    s.sim.addFault({ name: 'slow', endpoint: 'getGroupMemberInfo', delayMs: 700 })
    const sync = s.at.start('sync', '--json')
    await until(() => s.sim.seen.filter(({ endpoint }) => endpoint === 'getGroupMemberInfo').length > 2)
    sync.kill('SIGINT')
    const ended = await sync.ended
    expect(ended.err).toMatch(/Stopping[\s\S]*Stopped early\. 1 group/)
    expect([ended.code, ended.signal]).toEqual([3, null])
    expect(JSON.parse(ended.out)).toMatchObject([
      { verdict: 'partial', interrupted: true, groups: { seen: 1, complete: 1 } },
    ])
    const { rows } = await s.pool.query('SELECT group_id, count(*)::int AS n FROM rollcall.current_members GROUP BY 1')
    expect(rows).toEqual([{ group_id: '@TGS#1', n: 5 }])
    const runs = await s.pool.query('SELECT verdict, reason, finished_at IS NOT NULL AS ended FROM rollcall.runs')
    expect(runs.rows).toEqual([{ verdict: 'partial', reason: 'interrupted', ended: true }])
  })

  test('Ctrl-C while it waits for another sync: exit 130, nothing begun', async () => {
    await using s = await setting()
    const holder = await s.pool.connect()
    await holder.query(`SELECT pg_advisory_lock(hashtextextended('rollcall source acme', 0))`)
    const sync = s.at.start('sync')
    await sync.said('waiting')
    sync.kill('SIGINT')
    const ended = await sync.ended
    holder.release(true)
    expect(ended.code).toBe(130)
    expect(ended.err).not.toMatch(/^\s+at /m)
    expect((await s.pool.query('SELECT FROM rollcall.runs')).rowCount).toBe(0)
  })

  test('SIGKILL in the middle, on the embedded database: nothing half-written, no process behind, the next sync is whole', async () => {
    await using app = await vendorApp({ quirks: { memberLimitCap: 20, overCap: 'clip' } })
    using at = home({ TENCENT_SECRET_KEY: KEY, ROLLCALL_DATA_DIR: 'data' })
    at.write('rollcall.yaml', `sources:\n${app.yaml()}`)
    app.fill('@TGS#1', 5)
    app.fill('@TGS#_@TGS#c', 300, 'Community')
    app.app.quirks = { ...app.app.quirks, detailsMemberCap: 10 }
    app.sim.addFault({ name: 'slow', endpoint: 'getGroupMemberInfo', delayMs: 500 })
    const sync = at.start('sync')
    await until(() => app.sim.seen.filter(({ endpoint }) => endpoint === 'getGroupMemberInfo').length > 3, 60_000)
    sync.kill('SIGKILL')
    await sync.ended
    await until(() => processesOf(at.dir).length === 0, 20_000)
    app.sim.clearFaults()
    const status = await at.run('status', '--json')
    expect(JSON.parse(status.out)).toMatchObject({ sources: [{ groups: 1, members: 5, lastRun: { verdict: null } }] })
    const next = await at.run('sync', '--json')
    expect([next.code, next.err.includes('at ')]).toEqual([0, false])
    expect(JSON.parse(next.out)).toMatchObject([
      { groups: { seen: 2, complete: 2 }, members: { joined: 300, left: 0 } },
    ])
    await until(() => processesOf(at.dir).length === 0, 20_000)
  }, 120_000)
})

test.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0 || !canMount())(
  'a disk that is full under the embedded database: told with the cure, and nothing lost once there is room',
  async () => {
    await using app = await vendorApp()
    using at = home({ TENCENT_SECRET_KEY: KEY, ROLLCALL_DATA_DIR: 'data' })
    at.write('rollcall.yaml', `sources:\n${app.yaml()}`)
    const disk = join(at.dir, 'data')
    execFileSync('mkdir', [disk])
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=160m', 'tmpfs', disk])
    try {
      app.fill('@TGS#1', 5)
      const first = await at.run('sync', '--json')
      expect([first.code, first.err]).toEqual([0, expect.any(String)])
      app.fill('@TGS#2', 4000)
      const { status } = JSON.parse(execFileSync('stat', ['-f', '-c', '{"status":%a}', disk]).toString()) as {
        status: number
      }
      writeFileSync(join(disk, 'ballast'), Buffer.alloc(Math.max(0, (status - 20) * 4096)))
      const full = await at.run('sync')
      expect(full.code).toBe(1)
      expect(full.err).toMatch(/disk .*full|make room|free space/i)
      expect(`${full.out}${full.err}`).not.toMatch(/^\s+at |should not/m)
      rmSync(join(disk, 'ballast'))
      const next = await at.run('sync', '--json')
      expect(JSON.parse(next.out)).toMatchObject([
        { verdict: 'complete', groups: { complete: 2 }, members: { joined: 4000 } },
      ])
    } finally {
      await until(() => processesOf(at.dir).length === 0, 20_000).catch(() => null)
      execFileSync('umount', ['-l', disk])
    }
  },
  120_000,
)

function canMount(): boolean {
  const dir = mkdtempSync(join(tmpdir(), 'rollcall-mount-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', dir], { stdio: 'ignore' })
    execFileSync('umount', [dir])
    return true
  } catch {
    return false
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

test('X-08 the secret and the UserSigs are nowhere: not on stdout or stderr at trace, not in the database, not on disk', async () => {
  await using s = await setting({}, { discover: '{ allGroups: true, groups: ["@TGS#nowhere"] }' })
  s.fill('@TGS#1', 5)
  using at = home({ DATABASE_URL: s.url, TENCENT_SECRET_KEY: KEY, LOG_LEVEL: 'trace' })
  at.write('rollcall.yaml', `sources:\n${s.yaml({ discover: '{ allGroups: true, groups: ["@TGS#nowhere"] }' })}`)
  const said: string[] = []
  const run = async (...args: string[]) => {
    const { out, err } = await at.run(...args)
    said.push(out, err)
  }
  await run('sync', '--json')
  s.sim.addFault({ name: '10002', rate: 0.5 })
  await run('sync')
  await run('doctor')
  s.sim.clearFaults()
  s.app.secretKey = 'another-key-than-the-one-that-signs'
  await run('sync', '--json')
  await run('doctor')
  await run('status', '--json')
  const sigs = [...new Set(s.sim.seen.map(({ query }) => query['usersig'] ?? ''))]
  expect(sigs.length).toBeGreaterThanOrEqual(2) // one for each key; those made within a second are the same
  const files = readdirSync(at.dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
  const everything = [...said, ...files, await dump(s.pool)].join('\n')
  expect(everything).toContain('70009')
  const forms = [KEY, ...sigs].flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64').slice(0, -4),
    Buffer.from(secret).toString('hex'),
  ])
  expect(forms.filter((form) => everything.includes(form))).toEqual([])
})

test('doctor: all well on the embedded database, and what is wrong with each part', async () => {
  await using app = await vendorApp()
  using at = home({ TENCENT_SECRET_KEY: KEY, ROLLCALL_DATA_DIR: 'data' })
  at.write('rollcall.yaml', `sources:\n${app.yaml()}`)
  const before = await at.run('doctor', '--json')
  expect(before.code).toBe(1)
  const states = (text: string) =>
    Object.fromEntries((JSON.parse(text) as { name: string; state: string }[]).map(({ name, state }) => [name, state]))
  expect(states(before.out)).toMatchObject({
    configuration: 'ok',
    database: 'ok',
    schema: 'fault',
    queue: 'ok',
    'source acme': 'ok',
  })
  expect(before.out).toContain('rollcall migrate')
  expect((await at.run('migrate')).code).toBe(0)
  const well = await at.run('doctor')
  expect(well.code).toBe(0)
  expect(well.err).toContain('All is well.')
  at.write('rollcall.yaml', `sources:\n${app.yaml({ sdkAppId: 'x' })}`)
  const broken = await at.run('doctor', '--json')
  expect(broken.code).toBe(2)
  expect(states(broken.out)).toMatchObject({ configuration: 'fault', database: 'ok', schema: 'ok' })
}, 120_000)

test('simulate prints a sources file that works as it is, and ends with Ctrl-C', async () => {
  const database = await cloneDatabase()
  using at = home({ DATABASE_URL: database.url })
  const simulator = at.start('simulate', '--groups', '12', '--accounts', '60', '--seed', '3')
  await simulator.said(/discover: .*\n[\s\S]*(yunxin|\n$)/)
  const printed = await simulator.said('discover:')
  at.write('rollcall.yaml', printed.slice(printed.indexOf('sources:')))
  const ended = await at.run('sync', '--json')
  expect([ended.code, ended.err.includes('at ')]).toEqual([0, false])
  for (const result of JSON.parse(ended.out) as { verdict: string; members: { joined: number } }[]) {
    expect(result.verdict).toBe('complete')
    expect(result.members.joined).toBeGreaterThan(10)
  }
  simulator.kill('SIGINT')
  expect(await simulator.ended).toMatchObject({ code: 0, signal: null })
  const fault = await at.run('simulate', '--fault', 'nonsense=0.5')
  expect([fault.code, fault.err]).toEqual([2, expect.stringContaining('--fault: no fault nonsense')])
}, 60_000)

test('migrate from two processes at once: both succeed, the ledger has each migration once', async () => {
  const empty = await cloneDatabase({ empty: true })
  using at = home({ DATABASE_URL: empty.url })
  const both = await Promise.all([at.run('migrate'), at.run('migrate')])
  expect(both.map(({ code }) => code)).toEqual([0, 0])
  expect(
    await ask(empty.url, 'SELECT migration_name FROM public._prisma_migrations GROUP BY 1 HAVING count(*) > 1'),
  ).toEqual([])
})
