import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { cloneDatabase } from '../support/database.ts'
import { type Ended, home, KEY, sourceYaml, vendorApp } from '../support/rollcall.ts'

vi.setConfig({ testTimeout: 120_000 })

/** Bad input: each has a clear message with the cure, the right exit code, no stack trace, and nothing half-written. */

type App = Awaited<ReturnType<typeof vendorApp>>
let app: App
let database: Awaited<ReturnType<typeof cloneDatabase>>
beforeAll(async () => {
  database = await cloneDatabase()
  app = await vendorApp()
  app.fill('@TGS#1', 4)
  app.fill('@TGS#2', 3)
})
afterAll(() => app.sim.close())

function place(yaml: string, env: Readonly<Record<string, string>> = {}) {
  const at = home({ DATABASE_URL: database.url, TENCENT_SECRET_KEY: KEY, ...env })
  at.write('rollcall.yaml', `sources:\n${yaml}`)
  return at
}
const tables = [
  'source',
  'runs',
  'current_groups',
  'membership_intervals',
  'member_changes',
  'group_changes',
  'group_reads',
]
async function rows(): Promise<Record<string, number>> {
  const counts = await Promise.all(
    tables.map(async (table) => {
      const { rows: found } = await database.pool.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM rollcall.${table}`,
      )
      return [table, found[0]?.n ?? -1] as const
    }),
  )
  return Object.fromEntries(counts)
}
function isClean({ err, out }: Ended): void {
  const all = `${out}\n${err}`
  expect(all).not.toMatch(/^\s+at .*[:(]\d+/m)
  expect(all).not.toContain('should not')
  expect(all).not.toContain(KEY)
  expect(all).not.toMatch(/usersig=e/)
}

describe('the configuration: exit 2, every fault with its path, nothing contacted', () => {
  test.each<[string, Record<string, string>, RegExp]>([
    ['a missing key', { identifier: '' }, /sources\[0\]\.identifier: is missing/],
    ['an unknown key', { discoverr: '{ allGroups: true }' }, /sources\[0\]\.discoverr: is not a known key.*discover/],
    ['a wrong type', { sdkAppId: 'many' }, /sources\[0\]\.sdkAppId: must be .*"many"/],
    ['an unset ${NAME}', { secretKey: '${NOT_SET_ANYWHERE}' }, /sources\[0\]\.secretKey: wants .*NOT_SET_ANYWHERE/],
    ['a placeholder for a secret', { secretKey: 'your-secret-key' }, /sources\[0\]\.secretKey: .*placeholder/i],
    ['no way to find groups', { discover: '{}' }, /sources\[0\]\.discover: needs at least one way/],
    ['an unknown region', { baseUrl: '', region: 'mars' }, /sources\[0\]\.region: .*"mars"/],
    ['a time zone that is none', { timezone: 'Asia/Nowhere' }, /sources\[0\]\.timezone: /],
    ['a cron line that is none', { schedule: '"61 * * * *"' }, /sources\[0\]\.schedule: /],
    ['an unknown endpoint', { limits: '{ getEverything: 3 }' }, /sources\[0\]\.limits\.getEverything: /],
  ])('%s', async (_title, lines, told) => {
    using at = place(app.yaml(lines))
    const [before, calls] = [await rows(), app.sim.seen.length]
    const ended = await at.run('sync', '--json')
    expect(ended).toMatchObject({ code: 2, out: '' })
    expect(ended.err).toMatch(told)
    isClean(ended)
    expect(app.sim.seen.length).toBe(calls)
    expect(await rows()).toEqual(before)
  })

  test('a duplicate name, and all faults at once', async () => {
    using at = place(`${app.yaml({ sdkAppId: 'many' })}${app.yaml({ identifier: '' })}`)
    const ended = await at.run('sync')
    expect(ended.code).toBe(2)
    expect(ended.err).toMatch(/has 3 faults/)
    for (const told of [/sources\[0\]\.sdkAppId/, /sources\[1\]\.name: "acme" is already/, /sources\[1\]\.identifier/])
      expect(ended.err).toMatch(told)
    isClean(ended)
  })

  test('a file that is no YAML, a file that is not there, an unknown verb and flag, an unknown source', async () => {
    using at = place(app.yaml())
    at.write('broken.yaml', `sources: [\n  secretKey: ${KEY}`)
    for (const [args, told] of [
      [['sync', '--config', 'broken.yaml'], /broken\.yaml.*\n.*YAML/],
      [['sync', '--config', 'absent.yaml'], /absent\.yaml/],
      [['snyc'], /unknown command.*snyc|Did you mean sync/i],
      [['sync', '--grop', 'x'], /unknown option.*--group/is],
      [['sync', '--source', 'acmee'], /there is no source "acmee".*acme/],
      [['members', '--source', 'acme'], /--group/],
      [['members', '--source', 'acme', '--group', 'x', '--at', 'yesterdayish'], /--at/],
    ] as const) {
      const ended = await at.run(...args)
      expect([args, ended.code]).toEqual([args, 2])
      expect(ended.err).toMatch(told)
      isClean(ended)
    }
  })
})

describe('the vendor: exit 1, the cause and the cure, nothing marked', () => {
  const ask = async (yaml: string, verb = ['sync', '--json']) => {
    using at = place(yaml)
    const before = await rows()
    const ended = await at.run(...verb)
    isClean(ended)
    const after = await rows()
    const roll = ['current_groups', 'membership_intervals', 'member_changes', 'group_changes']
    expect(roll.map((name) => after[name])).toEqual(roll.map((name) => before[name]))
    return ended
  }

  test.each<[string, Record<string, string>, RegExp, () => Promise<App>]>([
    ['a wrong key', { secretKey: 'anotherkeyanotherkey0123456789ab' }, /70009.*check secretKey/, async () => app],
    ['an identifier that is no admin', { identifier: 'u1' }, /60010.*not an administrator.*app admin/, async () => app],
    ['an unknown app', { sdkAppId: '1400000009' }, /60006.*check sdkAppId/, async () => app],
    ['a wrong region', {}, /60026.*region/, () => vendorApp({ quirks: { wrongRegion: true } })],
  ])('%s', async (_title, lines, told, made) => {
    const vendor = await made()
    const calls = vendor.sim.seen.length
    const ended = await ask(vendor.yaml(lines))
    expect(ended.code).toBe(1)
    expect(JSON.parse(ended.out)).toMatchObject([{ verdict: 'failed', error: expect.stringMatching(told) as string }])
    expect(vendor.sim.seen.length - calls).toBeLessThanOrEqual(2)
    const doctor = await ask(vendor.yaml(lines), ['doctor'])
    expect(doctor.code).toBe(1)
    expect(doctor.out).toMatch(told)
    if (vendor !== app) await vendor.sim.close()
  })

  test.each([
    ['a clock that is off', '70001', /70001.*clock/],
    ['a page that is not JSON', 'html', /not a JSON/],
    ['arrears', '60020', /60020.*renew/],
    ['an address that is not allowed', '60021', /60021.*IP/],
  ])('%s', async (_title, name, told) => {
    await using vendor = await vendorApp()
    vendor.fill('@TGS#1', 3)
    vendor.sim.addFault({ name })
    const ended = await ask(vendor.yaml())
    expect(ended.code).toBe(1)
    expect(ended.out).toMatch(told)
  })

  test('nobody listens at baseUrl; an id that does not exist', async () => {
    const ended = await ask(sourceYaml('http://127.0.0.1:9'))
    expect(ended.code).toBe(1)
    expect(ended.out).toMatch(/127\.0\.0\.1:9.*check baseUrl/)
    await using vendor = await vendorApp()
    const unknown = await ask(vendor.yaml({ discover: '{ groups: ["@TGS#nowhere"] }' }))
    expect(unknown.code).toBe(1)
    expect(JSON.parse(unknown.out)).toMatchObject([{ groups: { seen: 1, failed: 1, gone: 0 } }])
    expect(unknown.out).toMatch(/@TGS#nowhere.*check the id/)
  })

  test('a name that was another vendor’s source before: a mistake of the file, not of the program', async () => {
    await database.pool.query(`INSERT INTO rollcall.source (name, vendor) VALUES ('was-easemob', 'easemob')`)
    using at = place(`${app.yaml({ name: 'was-easemob' })}`)
    const ended = await at.run('sync')
    expect(ended.code).toBe(2)
    expect(ended.err).toMatch(/was-easemob.*was read from easemob before.*another name/)
    isClean(ended)
  })

  test('one source that fails leaves the others complete: exit 3, both told', async () => {
    await using vendor = await vendorApp()
    vendor.fill('@TGS#1', 3)
    const key = 'anotherkeyanotherkey0123456789ab'
    using at = place(
      `${vendor.yaml({ name: 'bad-one', secretKey: key })}${vendor.yaml({ name: 'was-easemob' })}${vendor.yaml({ name: 'good-one' })}`,
    )
    const ended = await at.run('sync', '--json')
    expect(ended.code).toBe(3)
    expect(JSON.parse(ended.out)).toMatchObject([
      { source: 'bad-one', verdict: 'failed' },
      { source: 'was-easemob', verdict: 'failed', error: expect.stringContaining('another name') as string },
      { source: 'good-one', verdict: 'complete', members: { joined: 3 } },
    ])
    isClean(ended)
  })

  test('twenty sources at once get by with the connections there are', async () => {
    await using vendor = await vendorApp()
    vendor.fill('@TGS#1', 3)
    using at = place(Array.from({ length: 20 }, (_, n) => vendor.yaml({ name: `many-${n}` })).join(''))
    const ended = await at.run('sync', '--json')
    expect(ended.err).not.toContain('timeout')
    expect([ended.code, (JSON.parse(ended.out) as unknown[]).length]).toEqual([0, 20])
  })
})

describe('the database', () => {
  test.each([
    ['unreachable', 'postgres://rollcall:pass-word@127.0.0.1:9/x', /ECONNREFUSED.*start PostgreSQL|nothing listens/],
    ['no URL', 'postgresql//nonsense', /DATABASE_URL/],
  ])('%s', async (_title, url, told) => {
    using at = place(app.yaml(), { DATABASE_URL: url })
    for (const verb of [['sync'], ['status'], ['migrate'], ['changes']]) {
      const ended = await at.run(...verb)
      expect([verb, ended.code === 1 || ended.code === 2]).toEqual([verb, true])
      expect(ended.err).toMatch(told)
      expect(ended.err).not.toContain('pass-word')
      isClean(ended)
    }
    const doctor = await at.run('doctor')
    expect(doctor.code).not.toBe(0)
    expect(`${doctor.out}${doctor.err}`).toMatch(told)
  })

  test('Redis unreachable: doctor says so by its name and asks no source', async () => {
    using at = place(app.yaml(), { REDIS_URL: 'redis://:pass-word@127.0.0.1:9' })
    const doctor = await at.run('doctor', '--json')
    expect(doctor.code).toBe(1)
    const checks = JSON.parse(doctor.out) as { name: string; state: string; says: string; cure: string | null }[]
    expect(checks.at(-1)).toMatchObject({ name: 'queue', state: 'fault', cure: expect.stringContaining('REDIS_URL') })
    expect(checks.at(-1)?.says).toContain('ECONNREFUSED')
    expect(doctor.out).not.toContain('pass-word')
    isClean(doctor)
  })

  test('too old: the version it is, the version it has to be', async () => {
    await using old = await fakeServer('130011', '13.11')
    using at = place(app.yaml(), { DATABASE_URL: old.url })
    const ended = await at.run('sync')
    expect(ended.code).toBe(1)
    expect(ended.err).toMatch(/PostgreSQL 13\.11.*14 or newer/)
    isClean(ended)
  })

  test('not migrated: says so, writes nothing; migrate twice; newer than the program: refused', async () => {
    const empty = await cloneDatabase({ empty: true })
    using at = place(app.yaml(), { DATABASE_URL: empty.url })
    const before = await at.run('sync')
    expect(before.code).toBe(1)
    expect(before.err).toMatch(/rollcall migrate/)
    isClean(before)
    const first = await at.run('migrate')
    expect([first.code, first.out]).toEqual([0, expect.stringMatching(/migrations? applied/)])
    const second = await at.run('migrate')
    expect([second.code, second.out]).toEqual([0, expect.stringMatching(/already/)])
    expect((await at.run('sync')).code).toBe(0)
    await empty.pool.query(
      `INSERT INTO public._prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count)
       VALUES ('x', 'x', now(), '29990101000000_from_tomorrow', 1)`,
    )
    for (const verb of ['sync', 'migrate', 'doctor']) {
      const ended = await at.run(verb)
      expect([verb, ended.code]).toEqual([verb, 1])
      expect(`${ended.out}${ended.err}`).toMatch(/29990101000000_from_tomorrow.*newer than this program: upgrade/)
      isClean(ended)
    }
  })

  test('it is shut down in the middle of a sync: told as such, and the next sync is whole', async () => {
    const own = await cloneDatabase()
    await using vendor = await vendorApp()
    vendor.fill('@TGS#1', 30)
    await own.pool.query(`CREATE FUNCTION public.cut() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = ''rollcall'' AND pid <> pg_backend_pid()
           AND query NOT LIKE ''%TRIGGER%'';
       PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'`)
    await own.pool.query('CREATE TRIGGER cut AFTER INSERT ON rollcall.member EXECUTE FUNCTION public.cut()')
    using at = place(vendor.yaml(), { DATABASE_URL: own.url })
    const ended = await at.run('sync')
    expect(ended.code).toBe(1)
    expect(ended.err).toMatch(/shut down|was cut/)
    isClean(ended)
    await own.pool.query('DROP TRIGGER cut ON rollcall.member')
    expect((await own.pool.query('SELECT FROM rollcall.current_groups')).rowCount).toBe(0)
    expect((await at.run('sync')).code).toBe(0)
    expect((await own.pool.query('SELECT FROM rollcall.current_members')).rowCount).toBe(30)
  })

  test('it runs out of disk in the middle of a sync: told with the cure, nothing half-written', async () => {
    const own = await cloneDatabase()
    await using vendor = await vendorApp()
    vendor.fill('@TGS#1', 30)
    // What PostgreSQL says when the disk is full, from within the write.
    await own.pool.query(`CREATE FUNCTION public.full() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN RAISE EXCEPTION ''could not extend file: No space left on device'' USING ERRCODE = ''53100''; END'`)
    await own.pool.query('CREATE TRIGGER full_disk AFTER INSERT ON rollcall.member EXECUTE FUNCTION public.full()')
    using at = place(vendor.yaml(), { DATABASE_URL: own.url })
    const ended = await at.run('sync')
    expect(ended.code).toBe(1)
    expect(ended.err).toMatch(/disk of the database is full.*free space/)
    isClean(ended)
    expect((await own.pool.query('SELECT FROM rollcall.current_groups')).rowCount).toBe(0)
    expect((await own.pool.query('SELECT verdict FROM rollcall.runs')).rows).toEqual([{ verdict: 'failed' }])
    await own.pool.query('DROP TRIGGER full_disk ON rollcall.member')
    expect((await at.run('sync')).code).toBe(0)
  })
})

/** Speaks just enough of PostgreSQL's protocol to say which version it is. */
async function fakeServer(number: string, version: string) {
  const message = (type: string, body: Buffer) => {
    const head = Buffer.alloc(5)
    head.write(type)
    head.writeInt32BE(body.length + 4, 1)
    return Buffer.concat([head, body])
  }
  const int = (value: number, bytes: 2 | 4) => {
    const buffer = Buffer.alloc(bytes)
    buffer.writeIntBE(value, 0, bytes)
    return buffer
  }
  const names = ['number', 'version', 'encoding']
  const values = [number, version, 'UTF8']
  const described = Buffer.concat([
    int(3, 2),
    ...names.flatMap((name, n) => [
      Buffer.from(`${name}\0`),
      int(0, 4),
      int(0, 2),
      int(n === 0 ? 23 : 25, 4),
      int(-1, 2),
      int(-1, 4),
      int(0, 2),
    ]),
  ])
  const row = Buffer.concat([int(3, 2), ...values.flatMap((value) => [int(value.length, 4), Buffer.from(value)])])
  const ready = message('Z', Buffer.from('I'))
  const server = createServer((socket) => {
    let greeted = false
    socket.on('error', () => {})
    socket.on('data', (data) => {
      if (!greeted) {
        greeted = true
        socket.write(Buffer.concat([message('R', int(0, 4)), ready]))
      } else if (data.toString('latin1', 0, 1) === 'Q') {
        socket.write(
          Buffer.concat([message('T', described), message('D', row), message('C', Buffer.from('SELECT 1\0')), ready]),
        )
      } else socket.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `postgres://rollcall@127.0.0.1:${port}/old`,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}
