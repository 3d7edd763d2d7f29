import { describe, expect, test } from 'vitest'
import type { VendorKind } from '../../src/core/endpoints.ts'
import { expireTokens } from '../../src/simulator/easemob/index.ts'
import { hostileNames } from '../../src/simulator/names.ts'
import { createRandom } from '../../src/simulator/random.ts'
import type { SimApp } from '../../src/simulator/index.ts'
import { DIALECTS, VENDORS } from '../support/dialects.ts'
import { createRig, overlaps, type Rig, rowPlaces, shownRoll, trueRoll } from '../support/rig.ts'
import { generateInto } from '../support/worlds.ts'

/** What no vendor may break. A fourth one joins `DIALECTS` and the tables below, and this file tells when it is right. */

/** The calls that each vendor's faults are put on: the details of groups, and their members. */
const CALLS = {
  tencent: { details: 'getGroupInfo', members: 'getGroupMemberInfo' },
  easemob: { details: 'groupDetails', members: 'groupMembers' },
  yunxin: { details: 'teamInfoBatch', members: 'teamMembers' },
} as const satisfies Record<VendorKind, object>

/** The vendor's own words for "too fast", and for trouble that passes. */
const SLOW_DOWN = {
  tencent: ['60007', '10006', 'http429'],
  easemob: ['reach_limit', 'limit503', 'http429'],
  yunxin: ['416', 'http429'],
} as const satisfies Record<VendorKind, readonly string[]>
const PASSING = {
  tencent: ['10002', '60008'],
  easemob: ['timeout408', 'http504'],
  yunxin: ['449', '108449', '500', '503'],
} as const satisfies Record<VendorKind, readonly string[]>
const ON_THE_WAY = ['http502', 'http503', 'html', 'truncate', 'reset', 'empty', 'timeout'] as const

/** Breaks the credential, or the name of the app, at the vendor. */
const BREAK: Readonly<Record<VendorKind, { secret(app: SimApp): void; app(app: SimApp): void }>> = {
  tencent: {
    secret: (app) => app.vendor === 'tencent' && (app.secretKey = 'a'.repeat(32)),
    app: (app) => app.vendor === 'tencent' && (app.quirks = { ...app.quirks, wrongRegion: true }),
  },
  easemob: {
    secret(app) {
      if (app.vendor !== 'easemob') return
      app.clientSecret = 'another'
      expireTokens(app)
    },
    app: (app) => app.vendor === 'easemob' && (app.appName = 'other'),
  },
  yunxin: {
    secret: (app) => app.vendor === 'yunxin' && (app.appSecret = 'another'),
    app: (app) => app.vendor === 'yunxin' && (app.appKey = 'another'),
  },
}

/** Makes the role (for Easemob: the place of the account) of one row a word that nobody has heard of. */
const STRANGE_ROLE: Readonly<Record<VendorKind, (text: string) => string>> = {
  tencent: (text) => text.replace('"Role":"Admin"', '"Role":"Emperor"'),
  easemob: (text) => text.replace('"member":"u0_1"', '"emperor":"u0_1"'),
  yunxin: (text) => text.replace('"member_role":2', '"member_role":9'),
}

describe.each(VENDORS)('the laws, as %s keeps them', (vendor) => {
  const dialect = DIALECTS[vendor]
  const calls = CALLS[vendor]
  const unknown = { ...dialect.smallPages, unknownFields: true }

  /** A few groups of several pages each, read once. */
  async function started(options: Parameters<typeof createRig>[0] = {}) {
    const rig = await createRig({ vendor, quirks: dialect.smallPages, timeoutMs: 1000, ...options })
    generateInto(rig.world, { groups: 6, members: vendor === 'easemob' ? 260 : 70, random: createRandom(3) }, dialect)
    rig.world.setRole(dialect.groupId(0), 'u0_1', 'Admin')
    return rig
  }
  async function exact(rig: Rig, verdict = 'complete') {
    const result = await rig.sync()
    expect(result).toMatchObject({ verdict, error: null })
    expect(await shownRoll(rig.pool)).toEqual(trueRoll(rig))
    return result
  }

  test.each([dialect.smallPages, {}, unknown])(
    'X-07 X-02 complete with %o: the roll is the truth, and a second sync writes nothing',
    async (quirks) => {
      await using rig = await started({ quirks })
      await exact(rig)
      const [facts, places] = [await history(rig), await rowPlaces(rig.pool)]
      const quiet = await exact(rig)
      expect(quiet.groups.unchanged).toBe(quiet.groups.complete)
      expect([await history(rig), await rowPlaces(rig.pool)]).toEqual([facts, places])
      expect(await overlaps(rig.pool)).toBe(0)
    },
  )

  test('ids and times are exact to the digit', async () => {
    await using rig = await createRig({ vendor })
    const ids = ['9007199254740993', '144115188075855873', '999999999999999999', '1234567']
    const groupIds = vendor === 'tencent' ? ids.map((id) => `@TGS#${id}`) : ids
    const [createdAt, joinedAt] = [1_425_976_500_123, 1_463_481_600_987]
    for (const groupId of groupIds) {
      rig.world.createGroup({ groupId, type: dialect.types[0] ?? '', name: groupId, createdAt })
      rig.world.join(groupId, '9007199254740993', { role: 'Owner', joinedAt })
    }
    await exact(rig)
    // Tencent counts in seconds, the others in milliseconds.
    const known = (at: number) => new Date(vendor === 'tencent' ? Math.floor(at / 1000) * 1000 : at)
    const { rows } = await rig.pool.query(
      `SELECT g.group_id, g.created_at, m.account_id, m.joined_at FROM rollcall.current_groups g
       JOIN rollcall.current_members m USING (source, group_id) ORDER BY g.group_id`,
    )
    const account = { account_id: '9007199254740993', joined_at: known(joinedAt), created_at: known(createdAt) }
    expect(rows).toEqual(groupIds.toSorted().map((groupId) => ({ group_id: groupId, ...account })))
  })

  test('hostile names are kept as they are', async () => {
    await using rig = await createRig({ vendor })
    for (const [n, name] of hostileNames.entries()) {
      rig.world.createGroup({ groupId: dialect.groupId(n), type: dialect.types[0] ?? '', name })
      rig.world.join(dialect.groupId(n), 'u0', { role: 'Owner', nameCard: name })
    }
    await exact(rig)
    if (vendor === 'easemob') return // has no name cards
    const { rows } = await rig.pool.query<{ name_card: string }>('SELECT name_card FROM rollcall.current_members')
    expect(rows.map((row) => row.name_card).sort()).toEqual(hostileNames.toSorted())
  })

  test.each([...SLOW_DOWN[vendor]])('X-06 too fast (%s): waited out, counted, complete', async (name) => {
    await using rig = await started()
    const at = rig.clock.now()
    rig.sim.addFault({ name, endpoint: calls.details, times: 2 })
    expect((await exact(rig)).rateLimited).toBe(2)
    expect(rig.clock.now() - at).toBeGreaterThan(60_000 + 500)
  })

  test.each([...PASSING[vendor], ...ON_THE_WAY])('trouble that passes (%s) is tried again', async (name) => {
    await using rig = await started()
    rig.sim.addFault({ name, endpoint: calls.members, times: 2 })
    await exact(rig)
  })

  test.each(['html', 'http502', 'empty'])('trouble that does not pass (%s) ends no stay', async (name) => {
    await using rig = await started()
    await exact(rig)
    const before = await shownRoll(rig.pool)
    const [ill = ''] = [...rig.world.groups.values()]
      .sort((a, b) => b.members.size - a.members.size)
      .map((g) => g.groupId)
    for (const id of rig.world.groups.keys())
      rig.world.leave(id, [...(rig.world.groups.get(id)?.members.keys() ?? [])][2] ?? '')
    rig.sim.addFault({ name, groupId: ill, endpoint: calls.members })
    const result = await rig.sync()
    expect(result).toMatchObject({ verdict: 'partial', error: null, groups: { gone: 0 } })
    expect((await shownRoll(rig.pool))[ill]).toEqual(before[ill])
    rig.sim.clearFaults()
    await exact(rig)
  })

  test.each(['secret', 'app'] as const)('a wrong %s stops the run at once, and nothing is gone', async (what) => {
    await using rig = await started()
    await exact(rig)
    const [before, facts] = [await shownRoll(rig.pool), await history(rig)]
    BREAK[vendor][what](rig.app)
    rig.sim.clearSeen()
    const result = await rig.sync()
    expect(result).toMatchObject({ verdict: 'failed', groups: { gone: 0 }, members: { left: 0 } })
    expect(result.error).toMatch(/check|belong/)
    // Every call that was under way, each renewed once, and one more: never a call for each group.
    expect(rig.sim.seen.length).toBeLessThanOrEqual(2 * (rig.deps.concurrency ?? 16) + 1)
    expect([await shownRoll(rig.pool), await history(rig)]).toEqual([before, facts])
  })

  test('gone is what the vendor says of that very id, once, and never what a list leaves out', async () => {
    await using rig = await started()
    await exact(rig)
    const [hidden, ended] = [dialect.groupId(0), dialect.groupId(1)]
    Object.defineProperties(rig.source.discover, { accounts: { value: [] }, allGroups: { value: false } })
    rig.world.dissolve(ended)
    expect(await rig.sync()).toMatchObject({ verdict: 'complete', groups: { gone: 1 } })
    const roll = await shownRoll(rig.pool)
    expect(roll).toEqual(trueRoll(rig))
    expect(roll).toHaveProperty([hidden])
    expect((await rig.sync()).groups.gone).toBe(0)
  })

  test('a role that is none is a bad record: the group is partial, nobody leaves, joins are written', async () => {
    let strange = false
    await using rig = await started({
      garble: (_endpoint, text) => (strange ? STRANGE_ROLE[vendor](text) : text),
    })
    await exact(rig)
    const group = dialect.groupId(0)
    strange = true
    rig.world.join(group, 'newcomer')
    rig.world.leave(group, 'u0_2')
    const result = await rig.sync()
    expect(result).toMatchObject({ verdict: 'partial', members: { left: 0 } })
    expect(result.notes.join()).toMatch(/not understood/)
    expect((await shownRoll(rig.pool))[group]?.members).toMatchObject({
      newcomer: 'member',
      u0_1: 'admin',
      u0_2: 'member',
    })
    strange = false
    await exact(rig)
  })

  test('X-01 a run that is stopped leaves nothing half-written; the next one is as a clean one', async () => {
    await using rig = await started({ concurrency: 2 })
    await exact(rig)
    for (const { groupId, members } of rig.world.groups.values()) {
      for (const account of [...members.keys()].slice(5, 12)) rig.world.leave(groupId, account)
      rig.world.join(groupId, `new_${groupId.replaceAll(/\D/g, '')}`)
    }
    const before = await shownRoll(rig.pool)
    for (const pages of [1, 3, 5]) {
      const stop = new AbortController()
      let seen = 0
      const unhook = rig.sim.onPage(({ groupId }) => {
        if (groupId !== null && ++seen === pages) stop.abort(new Error('enough'))
      })
      expect(await rig.sync({ signal: stop.signal })).toMatchObject({ interrupted: true })
      unhook()
      // Each group is as it was, or as it is now: none is in between.
      const truth = trueRoll(rig)
      for (const [id, shown] of Object.entries(await shownRoll(rig.pool)))
        expect([before[id], truth[id]]).toContainEqual(shown)
    }
    await exact(rig)
    expect(await overlaps(rig.pool)).toBe(0)
  })

  test('X-08 secrets are nowhere: not in logs, errors, results or the database', async () => {
    await using rig = await started()
    const results: unknown[] = [await rig.sync()]
    rig.sim.addFault({ name: 'html', rate: 0.3 })
    results.push(await rig.sync())
    rig.sim.clearFaults()
    BREAK[vendor].secret(rig.app)
    results.push(await rig.sync())
    results.push(await rig.source.vendor.check(new AbortController().signal).catch((error: unknown) => spread(error)))
    const spent = rig.sim.seen.flatMap(({ query, headers, body }) => [
      query['usersig'],
      String(headers['authorization'] ?? '').replace('Bearer ', ''),
      headers['checksum'],
      ...(JSON.stringify(body ?? '').match(/YWMt[\w-]+/g) ?? []),
    ])
    const secrets = [...dialect.secrets, ...new Set(spent.filter((one) => typeof one === 'string' && one.length > 8))]
    expect(secrets.length).toBeGreaterThan(dialect.secrets.length)
    const text = `${JSON.stringify(results)}\n${JSON.stringify(rig.logged)}\n${await dump(rig)}`
    expect(text.length).toBeGreaterThan(10_000)
    expect(secrets.flatMap((secret) => written(String(secret))).filter((secret) => text.includes(secret))).toEqual([])
  })
})

/** A secret in the ways it could have been written down. */
function written(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const ways = [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString('base64').replaceAll('=', ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ]
  return [...new Set(ways)]
}

/** An error with all that hangs on it. */
function spread(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  return {
    fields: Object.entries(error),
    name: error.name,
    message: error.message,
    stack: error.stack,
    cause: spread(error.cause),
  }
}

async function history({ pool }: Rig): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    'SELECT (SELECT count(*) FROM rollcall.member_changes)::int + (SELECT count(*) FROM rollcall.group_changes)::int AS n',
  )
  return rows[0]?.n ?? -1
}

/** Every row of every table. */
async function dump({ pool }: Rig): Promise<string> {
  const { rows: tables } = await pool.query<{ name: string }>(
    "SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE'",
  )
  const texts: string[] = []
  for (const { name } of tables) {
    const { rows } = await pool.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`)
    texts.push(...rows.map(({ row }) => row))
  }
  return texts.join('\n')
}
