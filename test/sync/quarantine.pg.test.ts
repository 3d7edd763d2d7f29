import { describe, expect, test } from 'vitest'
import { quarantined } from '../../src/store/quarantine.ts'
import type { Send } from '../../src/vendors/types.ts'
import { createVendor } from '../../src/vendors/index.ts'
import { DIALECTS } from '../support/dialects.ts'
import { lastRead, memberChanges, roll } from '../support/facts.ts'
import { type Rig, shownRoll, trueRoll } from '../support/rig.ts'
import { rigsOfTest } from '../support/rigs-of-test.ts'

/**
 * One record that cannot be understood: kept aside with its field and reason, the group read as partial, the joins and
 * changes of the others applied, and nobody leaves.
 */

const rigOf = rigsOfTest()
type Row = Record<string, unknown>
type Tamper = (row: Row) => Row
/** Seconds, or milliseconds, in the year 50000. */
const FAR = { s: 1_515_718_080_000, ms: 1_515_718_080_000_000 }

/** Changes the row of one account wherever a list of the vendor has it. */
function tampered(send: Send, isRow: (row: Row) => boolean, tamper: Tamper): Send {
  const change = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(change)
    if (typeof value !== 'object' || value === null) return value
    const row = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(inner)]))
    return isRow(row) ? tamper(row) : row
  }
  return (call, signal) =>
    send(
      { ...call, parse: (answer) => call.parse({ ...answer, text: JSON.stringify(change(JSON.parse(answer.text))) }) },
      signal,
    )
}

const CASES = {
  tencent: {
    group: '@TGS#1',
    type: 'Public',
    isRow: (row: Row) => row['Member_Account'] === 'u3',
    tampers: [
      ['a role never heard of', { Role: 'Emperor' }, 'u3', 'Role'],
      ['a null id', { Member_Account: null }, null, 'Member_Account'],
      ['a time in the year 50000', { JoinTime: FAR.s }, 'u3', 'JoinTime'],
    ],
  },
  easemob: {
    group: '1001',
    type: 'Public',
    isRow: (row: Row) => row['member'] === 'u3',
    tampers: [
      ['a role never heard of', { member: undefined, emperor: 'u3' }, null, 'member'],
      ['a null id', { member: null }, null, 'member'],
    ],
  },
  yunxin: {
    group: '1001',
    type: 'advanced',
    isRow: (row: Row) => row['account_id'] === 'u3',
    tampers: [
      ['a role never heard of', { member_role: 7 }, 'u3', 'member_role'],
      ['a null id', { account_id: null }, null, 'account_id'],
      ['a time in the year 50000', { join_time: FAR.ms }, 'u3', 'join_time'],
    ],
  },
} as const

const all = (['tencent', 'easemob', 'yunxin'] as const).flatMap((vendor) =>
  CASES[vendor].tampers.map(([what, set, account, field]) => ({ vendor, what, set, account, field })),
)

describe.each(all)('$vendor: $what', ({ vendor, set, account, field }) => {
  const { group: G, type, isRow } = CASES[vendor]
  async function filled(): Promise<Rig> {
    const rig = await rigOf({ vendor })
    rig.world.createGroup({ groupId: G, type, name: 'g' })
    for (let n = 0; n < 6; n++) rig.world.join(G, `u${n}`, { role: n === 0 ? 'Owner' : 'Member' })
    rig.clock.advance(10_000)
    return rig
  }
  const poison = (rig: Rig) => {
    const send = tampered(rig.transport.send, isRow, (row) => ({ ...row, ...set }))
    const vendorOf = createVendor(DIALECTS[vendor].config(rig.sim.url), { send, clock: rig.deps.clock })
    Object.assign(rig.source, { vendor: vendorOf })
  }

  test('met later: partial, the others move on, nobody leaves, and it is forgotten once it is understood', async () => {
    const rig = await filled()
    const { vendor: sound } = rig.source
    await rig.sync()
    poison(rig)
    rig.world.leave(G, 'u5')
    rig.clock.advance(2000)
    rig.world.join(G, 'newcomer')
    rig.world.setRole(G, 'u1', 'Admin')
    const result = await rig.sync()
    expect(result).toMatchObject({
      verdict: 'partial',
      groups: { partial: 1 },
      members: { joined: 1, left: 0, changed: 1 },
    })
    expect(result.notes.join()).toContain(field)
    expect(await roll(rig.pool, G)).toEqual(['newcomer', 'u0', 'u1', 'u2', 'u3', 'u4', 'u5'])
    expect(await lastRead(rig.pool, G)).toMatchObject({ outcome: 'partial' })
    const kept = await quarantined(rig.pool, 'acme', 5)
    expect(kept).toMatchObject({ total: 1, records: [{ groupId: G, accountId: account, field }] })
    expect(kept.records[0]?.reason).not.toBe('')
    // Met again it is still one record; nothing is written twice.
    const changes = await memberChanges(rig.pool)
    await rig.sync()
    expect(await quarantined(rig.pool, 'acme', 5)).toMatchObject({ total: 1 })
    expect(await memberChanges(rig.pool)).toEqual(changes)
    Object.assign(rig.source, { vendor: sound })
    expect(await rig.sync()).toMatchObject({ verdict: 'complete', members: { left: 1 } })
    expect(await quarantined(rig.pool, 'acme', 5)).toEqual({ total: 0, records: [] })
    expect(await shownRoll(rig.pool)).toEqual(trueRoll(rig))
  })

  test('met at the first read: the others are on the roll, which is not proven', async () => {
    const rig = await filled()
    poison(rig)
    expect(await rig.sync()).toMatchObject({ verdict: 'partial', members: { joined: expect.any(Number) } })
    expect(await roll(rig.pool, G)).toEqual(expect.arrayContaining(['u0', 'u1', 'u2', 'u4', 'u5']))
    expect(await quarantined(rig.pool, 'acme', 5)).toMatchObject({ total: 1 })
  })
})

test('easemob: a join time in the year 50000 is one that was not carried; the member is whole without it', async () => {
  const rig = await rigOf({ vendor: 'easemob' })
  rig.world.createGroup({ groupId: '1001', type: 'Public', name: 'g' })
  for (let n = 0; n < 4; n++) rig.world.join('1001', `u${n}`, { role: n === 0 ? 'Owner' : 'Member' })
  rig.clock.advance(10_000)
  const send = tampered(rig.transport.send, CASES.easemob.isRow, (row) => ({ ...row, joined_time: FAR.ms }))
  const vendor = createVendor(DIALECTS.easemob.config(rig.sim.url), { send, clock: rig.deps.clock })
  Object.assign(rig.source, { vendor })
  expect(await rig.sync()).toMatchObject({ verdict: 'complete' })
  expect(await shownRoll(rig.pool)).toEqual(trueRoll(rig))
})
