import { describe, expect, it } from 'vitest'
import { changeJson, renderChange } from '../../src/cli/changes.ts'
import { renderDemoReport } from '../../src/cli/demo-report.ts'
import type { DemoData } from '../../src/cli/demo-report.ts'
import { displayWidth } from '../../src/cli/format.ts'
import { renderMembers } from '../../src/cli/members.ts'
import { renderStatus } from '../../src/cli/status.ts'
import { renderSyncSummary } from '../../src/cli/sync-summary.ts'
import { at, change, result, status } from './fixtures.ts'

describe('a change is one readable line', () => {
  const name = 'name_card'
  it.each([
    [change({}), 'leckie joined as admin'],
    [change({ kind: 'left', old: { role: 'member' }, new: null }), 'leckie left (was member)'],
    [change({ kind: 'role', old: { role: 'member' }, new: { role: 'owner' } }), 'leckie role member → owner'],
    [
      change({ kind: 'name_card', old: { [name]: null }, new: { [name]: 'Lecki\u001be' } }),
      'leckie name card none → "Lecki\ufffde"',
    ],
    [change({ kind: 'muted', old: { muted_until: null }, new: { muted_until: 'infinity' } }), 'leckie muted for ever'],
    [change({ kind: 'muted', old: { muted_until: 'infinity' }, new: { muted_until: null } }), 'leckie unmuted'],
    [
      change({ kind: 'attributes', old: { attributes: { a: 1, b: 2 } }, new: { attributes: { a: 1, b: 3 } } }),
      'leckie changed: b 2 → 3',
    ],
    [change({ kind: 'created', accountId: null, new: { name: 'Tea' } }), 'group created: "Tea"'],
    [
      change({ kind: 'renamed', accountId: null, old: { name: 'Tea' }, new: { name: 'Milk' } }),
      'group renamed "Tea" → "Milk"',
    ],
    [
      change({ kind: 'owner', accountId: null, old: { owner_id: 'a' }, new: { owner_id: null } }),
      'group owner "a" → none',
    ],
    [
      change({ kind: 'updated', accountId: null, old: { max_members: 200 }, new: { max_members: 500 } }),
      'group changed: max_members 200 → 500',
    ],
    [change({ kind: 'dissolved', accountId: null, new: null }), 'group dissolved'],
    [change({ kind: 'reappeared', accountId: null, new: null }), 'group reappeared'],
  ])('%#', (row, text) => {
    const line = renderChange(row)
    expect(line).toBe(`2024-05-01 10:00:00  acme  @TGS#1  ${text}`)
  })
  it('says how far back it may lie', () => {
    expect(renderChange(change({ notBefore: at - 6 * 3_600_000 }))).toContain('joined as admin (within the 6 h before)')
  })
  it('as JSON has times in UTC and nulls where nothing is known', () => {
    expect(changeJson(change({ at: Date.UTC(2024, 4, 1) }))).toMatchObject({
      at: '2024-05-01T00:00:00.000Z',
      notBefore: null,
    })
  })
})

it('members: a head, the roll, what to mind', () => {
  const meta = {
    source: 'acme',
    groupId: '@TGS#1',
    at,
    name: 'Tea',
    type: 'Public',
    coverage: 'partial' as const,
    lastReadAt: at - 60_000,
    dissolvedAt: null,
    provenFrom: at - 60_000,
    keptFrom: null,
  }
  const rows = [
    { accountId: 'leckie', role: 'owner' as const, nameCard: '莱基', joinedAt: at, proven: true },
    { accountId: 'peter', role: 'member' as const, nameCard: null, joinedAt: null, proven: false },
  ]
  expect(renderMembers(rows, meta, at + 180_000)).toMatchInlineSnapshot(`
    "Tea (@TGS#1) of acme: 2 members at 2024-05-01 10:00:00 (3 min ago)

    account  role    name card  joined               proven
    ───────  ──────  ─────────  ───────────────────  ──────────
    leckie   owner   莱基       2024-05-01 10:00:00
    peter    member                                  not proven

    1 member not proven: the moment lies between a read that saw them and one that did not.
    Not all members of this group can be known: no call of the vendor lists them all.
    Last read: 2024-05-01 09:59:00 (4 min ago).
    "
  `)
})

it('members: what is said of a moment that the history does not reach back to', () => {
  const meta = {
    ...{ source: 'acme', groupId: 'g', name: null, type: 'Public', coverage: 'full' as const, dissolvedAt: null },
    ...{ at, lastReadAt: at, provenFrom: at + 3_600_000 },
  }
  expect(renderMembers([], { ...meta, keptFrom: at + 3_600_000 }, at + 7_200_000)).toContain(
    'The history of acme is kept from 2024-05-01 11:00:00 (1 h ago) on (retain.history): who had left by then is not shown.',
  )
  expect(renderMembers([], { ...meta, keptFrom: null }, at + 7_200_000)).toContain(
    'Not proven: the group had not been read completely by then.',
  )
})

it('status: a row a source, calls, what wants attention', () => {
  expect(renderStatus(status, at)).toMatchInlineSnapshot(`
    "source        vendor   groups  members  last run                       everything read since            held  next run
    ────────────  ───────  ──────  ───────  ─────────────────────────────  ───────────────────────────────  ────  ────────────────────────────
    acme          tencent     300   12,345  complete 3 min ago, took 12 s  2024-05-01 09:56:55 (3 min ago)     2  2024-05-01 12:00:00 (in 2 h)
    acme-easemob  easemob       0        0  never                          not yet                             0  on demand

    acme: 456 calls: getGroupInfo 12, getGroupMemberInfo 444; refused as too fast 2 times

    acme: 2 held back by the guard, waiting for a decision: rollcall held list
    acme-easemob: never read; begin with: rollcall sync --source acme-easemob"
  `)
  expect(renderStatus({ sources: [] }, at)).toContain('rollcall sync')
})

it('a sync in a few lines', () => {
  expect(
    renderSyncSummary(result({ problems: Array.from({ length: 12 }, (_, index) => `group g${index}: forbidden`) })),
  ).toMatchInlineSnapshot(`
    "acme  complete in 12 s
      groups   300: 298 complete, 1 partial, 1 gone, 290 unchanged
      members  12,345 read: 12 joined, 3 left, 4 changed
      calls    456 calls: getGroupInfo 12, getGroupMemberInfo 444; refused as too fast 2 times
      ! group g0: forbidden
      ! group g1: forbidden
      ! group g2: forbidden
      ! group g3: forbidden
      ! group g4: forbidden
      ! group g5: forbidden
      ! group g6: forbidden
      ! group g7: forbidden
      ! group g8: forbidden
      ! group g9: forbidden
      ! and 2 more; the view group_reads has them all"
  `)
  expect(
    renderSyncSummary(result({ verdict: 'failed', error: 'wrong key', groups: { ...result({}).groups, seen: 0 } })),
  ).toBe('acme  failed: wrong key')
})

describe('the demo report', () => {
  const week = (index: number): DemoData['weeks'][number] => ({
    startsAt: at + index * 7 * 86_400_000,
    joined: 1203 - index * 100,
    left: 401 + index * 50,
  })
  const group = { source: 'demo-tencent', groupId: '@TGS#2J4', name: 'Friday football \u001b[2J' }
  const source = {
    groups: 104,
    memberships: 3990,
    accounts: 935,
    joined: 1103,
    left: 451,
    calls: 1404,
    curve: [3300, 3990],
  }
  const data: DemoData = {
    sources: [
      { ...source, name: 'demo-tencent', vendor: 'tencent' },
      { ...source, name: 'demo-easemob', vendor: 'easemob' },
      { ...source, name: 'demo-yunxin', vendor: 'yunxin' },
    ],
    from: at,
    to: at + 21 * 86_400_000,
    syncs: 22,
    calls: 4213,
    durationMs: 38_000,
    groups: 312,
    memberships: 11_970,
    accounts: 2804,
    weeks: [0, 1, 2].map(week),
    growth: Array.from({ length: 22 }, (_, day) => ({ groups: 300 + (day % 7), memberships: 9870 + day * 100 })),
    busiest: {
      ...group,
      joined: 310,
      left: 120,
      curve: Array.from({ length: 22 }, (_, day) => 100 + day * 5 - (day > 15 ? 60 : 0)),
    },
    growing: [{ ...group, curve: [10, 40, 90] }],
    newest: [{ source: 'demo-yunxin', groupId: 'g2', name: '周五足球', at: at + 20 * 86_400_000, members: 12 }],
    gone: [{ source: 'demo-easemob', groupId: 'g3', name: 'Old times', at: at + 86_400_000, members: 1 }],
    roles: [{ ...group, accountId: 'leckie', from: 'member', to: 'admin', at }],
    proof: { moments: 22, compared: 240_000, falseLeaves: 0, overlaps: 0, differences: 0 },
  }
  const options = { width: 100, color: false, command: 'rollcall' }

  it('fits the terminal, plain without colours', () => {
    for (const width of [40, 80, 100, 200]) {
      const text = renderDemoReport(data, { ...options, width })
      expect(text).not.toContain('\u001b')
      const wide = text.split('\n').filter((row) => displayWidth(row) > Math.max(60, Math.min(width, 110)))
      expect(wide.filter((row) => !/rollcall|compared at/.test(row))).toEqual([])
    }
    expect(renderDemoReport(data, { ...options, color: true })).toContain('\u001b[32m')
  })
  it('names what happened and what to try', () => {
    const text = renderDemoReport(data, options)
    for (const expected of [
      '312 groups, 11,970 memberships, 2,804 people',
      'demo-yunxin   NetEase Yunxin',
      'leckie in Friday football',
      '22 syncs, 240,000 memberships compared at 22 moments, 0 false leaves, 0 overlapping stays',
      '✓ the kept state equals the simulated truth',
      "rollcall members --source demo-tencent --group '@TGS#2J4' --at 2024-05-11",
    ]) {
      expect(text).toContain(expected)
    }
  })
  it('does not claim what is not so, and survives an empty world', () => {
    const bad = { ...data, proof: { ...data.proof, differences: 3 } }
    expect(renderDemoReport(bad, options)).toContain('✗ 3 memberships differ')
    const empty: DemoData = {
      ...data,
      sources: [],
      weeks: [],
      growth: [],
      busiest: null,
      growing: [],
      newest: [],
      gone: [],
      roles: [],
    }
    expect(renderDemoReport(empty, options)).toContain('Proven')
  })
})
