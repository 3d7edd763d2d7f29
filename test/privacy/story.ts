import type { Pool } from 'pg'
import { expect } from 'vitest'
import { pseudonymOf } from '../../src/core/pseudonym.ts'
import { forgetAccount, type Forgetting } from '../../src/store/forget/forget.ts'
import { heldCases } from '../../src/store/held.ts'
import { DIALECTS, type VENDORS } from '../support/dialects.ts'
import type { Rig, RigOptions, trueRoll } from '../support/rig.ts'
import { rigsOfTest } from '../support/rigs-of-test.ts'

/** A person with a history in three groups, and what users see of it. */

export type RigOf = ReturnType<typeof rigsOfTest>

export const KEY = '5f1d0c3a9b8e7f6a5d4c3b2a19080706f5e4d3c2b1a09f8e'
/** In everything that is of this person: the account, its name cards, its custom fields. */
export const MARK = 'zqmarked'
export const A = `${MARK}.person`

async function keyed(rigOf: RigOf, options: RigOptions): Promise<Rig> {
  const rig = await rigOf(options)
  Object.assign(rig.source, { pseudonyms: { key: KEY, everybody: false }, leaveGuard: { count: 5, percent: 30 } })
  return rig
}
export async function who(rig: Rig): Promise<Forgetting> {
  const sourceNo = await rig.deps.runs.source('acme', rig.source.vendor.kind)
  const exactCase = rig.source.vendor.kind === 'tencent'
  return { sourceNo, accountId: A, pseudonym: pseudonymOf(KEY, 'acme', A), exactCase }
}
export const forget = async (rig: Rig) => forgetAccount(rig.pool, await who(rig))
export const renamed = (truth: ReturnType<typeof trueRoll>, pseudonym: string): typeof truth =>
  JSON.parse(JSON.stringify(truth).replaceAll(A, pseudonym)) as typeof truth

/** All that users see of members, with the name and what was the person's own blanked. */
export async function history(pool: Pool, pseudonym: string): Promise<string[]> {
  const { rows } = await pool.query<{ line: string; own: boolean }>(
    `SELECT 'change ' || c::text AS line FROM rollcall.member_changes c
     UNION ALL SELECT 'stay ' || i::text FROM rollcall.membership_intervals i
     UNION ALL SELECT 'group ' || g::text FROM rollcall.group_changes g
     UNION ALL SELECT 'now ' || m::text FROM rollcall.current_members m
     UNION ALL SELECT 'owner ' || concat_ws(' ', group_id, owner_id, coverage) FROM rollcall.current_groups
     UNION ALL SELECT 'run ' || concat_ws(' ', id, verdict, members_joined, members_left, members_changed) FROM rollcall.runs`,
  )
  return rows
    .map(({ line }) => line.replaceAll(A, pseudonym))
    .map((line) => (line.includes(pseudonym) ? withoutOwn(line) : line))
    .sort()
}
/** Without the values of name cards and attributes. */
function withoutOwn(line: string): string {
  if (line.startsWith('now ')) return line.split(',').slice(0, 4).join()
  return line
    .replaceAll(/""name_card"": (null|""[^"]*"")/g, 'card')
    .replaceAll(/""attributes"": (null|\{[^{}]*(\{[^{}]*\})?[^{}]*\})/g, 'attributes')
}

/** Three groups with a history of the person: owner of one, gone and back in another, held back in the third. */
export async function lived(rigOf: RigOf, vendor: (typeof VENDORS)[number], options: RigOptions = {}): Promise<Rig> {
  const dialect = DIALECTS[vendor]
  const rig = await keyed(rigOf, { vendor, ...options })
  const { world } = rig
  const [type = ''] = dialect.types
  const groups = [0, 1, 2].map((n) => dialect.groupId(n))
  const [one = '', two = '', three = ''] = groups
  for (const groupId of groups) {
    world.createGroup({ groupId, type, name: `group ${groupId}` })
    for (let n = 0; n < 12; n++) world.join(groupId, `u${n}`, { role: n === 0 && groupId !== one ? 'Owner' : 'Member' })
  }
  world.join(one, A, { role: 'Owner', nameCard: `${MARK} card`, custom: { badge: `${MARK} badge` } })
  world.join(two, A, { nameCard: `${MARK} card`, custom: { badge: `${MARK} badge` } })
  world.join(three, A)
  await rig.sync()
  world.updateMember(two, A, { nameCard: `${MARK} other card`, custom: { badge: `${MARK} other badge` } })
  world.setRole(two, A, 'Admin')
  await rig.sync()
  world.leave(two, A)
  world.setRole(one, A, 'Member')
  world.setRole(one, 'u3', 'Owner')
  await rig.sync()
  world.join(two, A, { nameCard: `${MARK} third card` })
  world.leave(three, A)
  for (let n = 3; n < 10; n++) world.leave(three, `u${n}`)
  await rig.sync()
  expect(await heldCases(rig.pool, {})).toMatchObject([{ accounts: expect.arrayContaining([A]) as unknown }])
  await rig.pool.query('ANALYZE')
  return rig
}
