import { expect, test } from 'vitest'
import { BUCKETS_FROM } from '../../src/core/buckets.ts'
import type { VendorKind } from '../../src/core/endpoints.ts'
import type { Group } from '../../src/core/group.ts'
import type { Member } from '../../src/core/member.ts'
import { PrintRoster } from '../../src/core/roster.ts'
import { createRandom } from '../../src/simulator/random.ts'
import { settleLarge } from '../../src/sync/settle-large.ts'
import { someone } from '../core/arbitrary.ts'
import { DIALECTS, VENDORS } from '../support/dialects.ts'
import { createRig } from '../support/rig.ts'

// A group too large to be held in memory takes another way through the code: rows on disk, fingerprints in memory, writes
// in parts. Here every walked group takes it, beside a twin that never does: both must come to the same history.

const STATE = `
  SELECT 'roll' AS what, jsonb_agg(to_jsonb(m) - 'source' ORDER BY group_id, account_id) AS rows FROM rollcall.current_members m
  UNION ALL SELECT 'stays', jsonb_agg(to_jsonb(i) - 'source' ORDER BY group_id, account_id, start_at)
    FROM rollcall.membership_intervals i
  UNION ALL SELECT 'changes', jsonb_agg(to_jsonb(c) - 'id' - 'source' ORDER BY group_id, account_id, at, kind, new::text)
    FROM rollcall.member_changes c
  UNION ALL SELECT 'reads', jsonb_agg(to_jsonb(r) - 'source' - 'ended_at' - 'began_at' ORDER BY run_id, group_id)
    FROM rollcall.group_reads r
  UNION ALL SELECT 'sums', jsonb_agg(jsonb_build_array(rows, print, live_print, unseen) ORDER BY group_no) FROM rollcall.roll_state`

async function twin(vendor: VendorKind, largeFrom: number, seed: number, members = 40) {
  const dialect = DIALECTS[vendor]
  const quirks = { ...dialect.smallPages, ...(vendor === 'tencent' ? { detailsMemberCap: 1 } : {}) }
  const rig = await createRig({ vendor, largeFrom, quirks: quirks as never, concurrency: 1 })
  const random = createRandom(seed)
  const groups = [1, 2].map((n) => dialect.groupId(n))
  const [type = 'Public'] = dialect.types
  for (const groupId of groups) {
    rig.world.createGroup({ groupId, type, name: groupId })
    rig.world.join(groupId, `${groupId}owner`.replaceAll(/[^a-z0-9]/gi, '').toLowerCase(), { role: 'Owner' })
    for (let n = 0; n < members; n++) rig.world.join(groupId, `u${n}`, { nameCard: n % 3 === 0 ? `card ${n}` : '' })
  }
  const results = []
  for (let round = 0; round < 6; round++) {
    // The same moments for both, however many looks at the clock it took them to get here.
    rig.clock.set(Date.UTC(2026, 0, 2 + round))
    results.push(await rig.sync())
    rig.clock.set(Date.UTC(2026, 0, 2 + round, 12))
    for (const groupId of groups) {
      for (const { accountId, role } of [...rig.world.listMembers(groupId)]) {
        if (role === 'Owner') continue
        const draw = random.int(round === 3 ? 1000 : 12)
        if (draw === 0) rig.world.leave(groupId, accountId)
        else if (draw === 1) rig.world.setRole(groupId, accountId, role === 'Admin' ? 'Member' : 'Admin')
        else if (draw === 2) rig.world.updateMember(groupId, accountId, { nameCard: `new ${round} ${accountId}` })
        else if (draw === 3) {
          rig.world.leave(groupId, accountId)
          rig.clock.advance(5000)
          rig.world.join(groupId, accountId)
        }
      }
      for (let n = 0; n < random.int(5); n++) rig.world.join(groupId, `late${round}x${n}`)
    }
  }
  const { rows } = await rig.pool.query(STATE)
  const told = results.map(({ verdict, groups: counted, members }) => ({ verdict, counted, members }))
  return { rows, told }
}

test.each(VENDORS)('%s: a group that is not held in memory gets the same history as one that is', async (vendor) => {
  const held = await twin(vendor, 1_000_000, 5)
  const spooled = await twin(vendor, 3, 5)
  expect(spooled.told).toEqual(held.told)
  expect(held.told.some(({ members }) => members.left > 0 && members.joined > 0)).toBe(true)
  expect(spooled.rows.map(withoutMoments)).toEqual(held.rows.map(withoutMoments))
})

test('a group long enough to be compared in buckets gets the same history whether it is held in memory or not', async () => {
  const members = 2 * BUCKETS_FROM
  const held = await twin('tencent', 1_000_000, 7, members)
  const spooled = await twin('tencent', 3, 7, members)
  expect(spooled.told).toEqual(held.told)
  expect(held.told[1]?.members.left).toBeGreaterThan(100)
  expect(spooled.rows.map(withoutMoments)).toEqual(held.rows.map(withoutMoments))
})

test('where not all the rows that are wanted come back from where they were put aside, the write fails', async () => {
  const rig = await createRig({ vendor: 'tencent' })
  const roster = new PrintRoster(3)
  const rows = ['a', 'b', 'c'].map(someone)
  for (const row of rows) roster.add(row)
  const planned = async (kept: readonly Member[]) => {
    const large = {
      roster,
      async *rows() {
        yield kept
      },
      async [Symbol.asyncDispose]() {},
    }
    const group = { groupId: 'g', memberCount: 3, createdAt: null } as unknown as Group
    const reading = { groupId: 'g', group, outcome: 'complete', reason: null, members: [], vendorCount: 3 } as const
    const read = { ...reading, bad: [], passes: 1, calls: 1, beganAt: rig.clock.now() }
    const deps = { pool: rig.pool, vendor: rig.source.vendor, clock: rig.clock, signal: new AbortController().signal }
    const write = await settleLarge(deps, read, large, null)
    let joins = 0
    for await (const part of write.rest?.parts(rig.pool) ?? []) joins += part.joins.length
    return joins
  }
  await expect(planned(rows.slice(1))).rejects.toThrow('group g: 2 of its 3 new or changed members came back')
  await expect(planned(rows.slice(0, 1))).resolves.toBe(1) // the two of before are dealt with
})

/** Moments of reads differ by the number of looks at the clock; which day they fall on does not. */
const withoutMoments = (row: unknown): unknown =>
  JSON.parse(JSON.stringify(row).replaceAll(/(\d{4}-\d\d-\d\dT\d\d:\d\d):\d\d(\.\d+)?/g, '$1'))
