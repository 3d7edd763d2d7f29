import { expect, test } from 'vitest'
import type { VendorKind } from '../../src/core/endpoints.ts'
import { DIALECTS, VENDORS } from '../support/dialects.ts'
import { memberChanges, roll, stays } from '../support/facts.ts'
import { createRig, type RigOptions } from '../support/rig.ts'

// `sync.fullEvery`: a group in whose details nothing has changed is not walked. That proves nothing, and may say nothing.

const HOUR = 3_600_000
const DAY = 24 * HOUR

const STATE = `
  SELECT jsonb_agg(to_jsonb(m) ORDER BY group_id, account_id) AS members,
    (SELECT jsonb_agg(to_jsonb(i) ORDER BY group_id, account_id) FROM rollcall.membership_intervals i) AS stays,
    (SELECT jsonb_agg(to_jsonb(g) ORDER BY group_id) FROM rollcall.current_groups g) AS groups,
    (SELECT jsonb_agg(jsonb_build_array(group_id, newest_read, proven_from, stale) ORDER BY group_id)
      FROM rollcall.data_quality) AS quality,
    (SELECT jsonb_agg(m.ctid::text || m.xmin::text ORDER BY group_no, account_id) FROM rollcall.member m) AS places
  FROM rollcall.current_members m`

async function openRig(vendor: VendorKind, more: Omit<RigOptions<VendorKind>, 'vendor'> = {}) {
  const rig = await createRig({ vendor, fullEveryMs: DAY, quirks: DIALECTS[vendor].smallPages as never, ...more })
  const dialect = DIALECTS[vendor]
  // Of Tencent's types one never brings its members along.
  const type = vendor === 'tencent' ? 'Community' : (dialect.types[0] ?? '')
  const ids = Array.from({ length: 4 }, (_, n) => (vendor === 'tencent' ? `@TGS#_${n}` : dialect.groupId(n + 1)))
  for (const groupId of ids) {
    rig.world.createGroup({ groupId, type, name: groupId })
    rig.world.join(groupId, 'owner', { role: 'Owner' })
    for (let n = 0; n < 14; n++) rig.world.join(groupId, `u${n}`)
  }
  const state = async () => (await rig.pool.query(STATE)).rows[0]
  const reads = async (runId: number | null) => {
    const { rows } = await rig.pool.query<{ outcome: string; n: number; rows: number; calls: number; counted: number }>(
      `SELECT outcome, count(*)::int AS n, sum(rows_read)::int AS rows, sum(calls)::int AS calls,
         count(vendor_count)::int AS counted FROM rollcall.group_reads WHERE run_id = $1 GROUP BY 1 ORDER BY 1`,
      [runId],
    )
    return rows
  }
  return { rig, ids, state, reads, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() }
}
const walks: Record<VendorKind, string> = {
  tencent: 'getGroupMemberInfo',
  easemob: 'groupMembers',
  yunxin: 'teamMembers',
}

test.each(VENDORS)(
  '%s: nothing changed: no walk, no row written, nothing proven anew, and the run is complete',
  async (vendor) => {
    await using one = await openRig(vendor)
    const { rig } = one
    expect(await rig.sync()).toMatchObject({ verdict: 'complete', groups: { complete: 4, unwalked: 0 } })
    const before = await one.state()
    const second = await rig.sync({ afterMs: HOUR })
    expect(second).toMatchObject({
      verdict: 'complete',
      groups: { seen: 4, complete: 0, partial: 0, failed: 0, unchanged: 0, unwalked: 4 },
      members: { read: 0, joined: 0, left: 0, changed: 0 },
      notes: [],
    })
    expect(second.calls[walks[vendor]] ?? 0).toBe(0)
    expect(await one.state()).toEqual(before)
    expect(await one.reads(second.runId)).toEqual([{ outcome: 'unwalked', n: 4, rows: 0, calls: 0, counted: 4 }])
    const quality = await rig.pool.query(
      'SELECT DISTINCT newest_kind, newest_details > newest_read AS later FROM rollcall.data_quality',
    )
    expect(quality.rows).toEqual([{ newest_kind: 'details', later: true }])
    const { rows } = await rig.pool.query('SELECT groups_unwalked FROM rollcall.runs WHERE id = $1', [second.runId])
    expect(rows).toEqual([{ groups_unwalked: 4 }])
    // A day after the walk, not after the look at the details, it is walked again.
    expect(await rig.sync({ afterMs: 22 * HOUR })).toMatchObject({ groups: { unwalked: 4 } })
    const full = await rig.sync({ afterMs: 2 * HOUR })
    expect(full).toMatchObject({ verdict: 'complete', groups: { complete: 4, unchanged: 4, unwalked: 0 } })
    const again = await rig.pool.query('SELECT DISTINCT newest_kind FROM rollcall.data_quality')
    expect(again.rows).toEqual([{ newest_kind: 'members' }])
  },
)

test.each(VENDORS)(
  '%s: a join, a leave and a new name are seen at once; the other groups stay unwalked',
  async (vendor) => {
    await using one = await openRig(vendor)
    const { rig, ids } = one
    const [first = '', second = '', third = ''] = ids
    await rig.sync()
    rig.world.join(first, 'fresh')
    rig.world.leave(second, 'u3')
    rig.world.updateGroup(third, { name: 'Another name' })
    expect(await rig.sync({ afterMs: HOUR })).toMatchObject({
      verdict: 'complete',
      groups: { seen: 4, complete: 3, unwalked: 1 },
      members: { joined: 1, left: 1 },
    })
    expect(await roll(rig.pool, first)).toContain('fresh')
    expect(await roll(rig.pool, second)).not.toContain('u3')
  },
)

test.each(['tencent', 'yunxin'] as const)(
  '%s: a swap that leaves the details as they were waits for the walk, which bounds it by the walk before',
  async (vendor) => {
    await using one = await openRig(vendor)
    const { rig, ids } = one
    const [groupId = ''] = ids
    await rig.sync()
    const { rows } = await rig.pool.query<{ newest_read: Date }>(
      'SELECT min(newest_read) AS newest_read FROM rollcall.data_quality',
    )
    rig.world.leave(groupId, 'u3')
    rig.world.join(groupId, 'fresh')
    const changes = await memberChanges(rig.pool)
    expect(await rig.sync({ afterMs: HOUR })).toMatchObject({
      groups: { unwalked: 4 },
      members: { joined: 0, left: 0 },
    })
    expect(await memberChanges(rig.pool)).toEqual(changes)
    expect(await rig.sync({ afterMs: DAY })).toMatchObject({ groups: { complete: 4 }, members: { joined: 1, left: 1 } })
    const [stay] = await stays(rig.pool, groupId, 'u3')
    // The look at the details in between has bounded nothing.
    expect(Number(stay?.end_not_before)).toBeLessThanOrEqual(Number(rows[0]?.newest_read))
  },
)

test('easemob: where the details say who is in, a swap is seen at once', async () => {
  await using one = await openRig('easemob', { quirks: { pageCap: 100 } as never })
  const { rig, ids } = one
  const [groupId = ''] = ids
  await rig.sync()
  expect(await rig.sync({ afterMs: HOUR })).toMatchObject({ groups: { unwalked: 4 } })
  rig.world.leave(groupId, 'u3')
  rig.world.join(groupId, 'fresh')
  expect(await rig.sync({ afterMs: HOUR })).toMatchObject({
    groups: { unwalked: 3, complete: 1 },
    members: { joined: 1, left: 1 },
  })
})

test('whoever asks by name gets a walk; a group in doubt is walked; without the option everything is', async () => {
  await using one = await openRig('yunxin')
  const { rig, ids } = one
  const [groupId = ''] = ids
  await rig.sync()
  const asked = await rig.sync({ afterMs: HOUR, scope: { groups: [groupId], accounts: [] } })
  expect(asked).toMatchObject({ groups: { seen: 1, complete: 1, unwalked: 0 } })
  // Leaves that the guard holds back: the group waits for a person, and is looked at each time.
  Object.assign(rig.source, { leaveGuard: { count: 2, percent: 2 } })
  for (let n = 0; n < 6; n++) rig.world.leave(groupId, `u${n}`)
  expect(await rig.sync({ afterMs: HOUR })).toMatchObject({ verdict: 'partial', groups: { partial: 1, unwalked: 3 } })
  expect(await rig.sync({ afterMs: HOUR })).toMatchObject({ verdict: 'partial', groups: { partial: 1, unwalked: 3 } })
  Object.assign(rig.source, { fullEveryMs: undefined })
  expect(await rig.sync({ afterMs: HOUR })).toMatchObject({ groups: { unwalked: 0 } })
})

test('a read that failed between two changes hides neither: its details are kept, but not as those of a walk', async () => {
  let failing = false
  await using one = await openRig('yunxin', {
    garble: (endpoint, text) => (failing && endpoint === 'teamMembers' ? '{"code":414,"msg":"bad parameter"}' : text),
  })
  const { rig, ids } = one
  const [groupId = ''] = ids
  await rig.sync()
  rig.world.updateGroup(groupId, { name: 'Another name' })
  rig.world.leave(groupId, 'u3')
  rig.world.join(groupId, 'fresh')
  failing = true
  expect(await rig.sync({ afterMs: HOUR })).toMatchObject({ verdict: 'partial', groups: { failed: 1, unwalked: 3 } })
  failing = false
  expect(await rig.sync({ afterMs: HOUR })).toMatchObject({
    verdict: 'complete',
    groups: { complete: 1, unwalked: 3 },
    members: { joined: 1, left: 1 },
  })
})

test('a group that a webhook has named is walked, whatever its details say', async () => {
  await using one = await openRig('yunxin')
  const { rig, ids } = one
  const [groupId = ''] = ids
  await rig.sync()
  await rig.pool.query(
    `INSERT INTO rollcall.hint (source_no, group_id, events, moves) SELECT source_no, $1, 1, '[]' FROM rollcall.source`,
    [groupId],
  )
  expect(await rig.sync({ afterMs: HOUR })).toMatchObject({ groups: { complete: 1, unwalked: 3 } })
})
