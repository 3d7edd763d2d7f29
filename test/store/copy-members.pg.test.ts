import fc from 'fast-check'
import { expect, test } from 'vitest'
import { memberPrint } from '../../src/core/fingerprint.ts'
import type { Json, Member } from '../../src/core/member.ts'
import { ROLES } from '../../src/core/member.ts'
import { copyMembers } from '../../src/store/copy-members.ts'
import { inTransaction } from '../../src/store/transaction.ts'
import { cloneDatabase } from '../support/database.ts'

// Rows go in as bytes made here; PostgreSQL says what it has understood.

const text = fc.oneof(
  fc.string({ maxLength: 120 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constantFrom('x'.repeat(47), 'x'.repeat(48), 'x'.repeat(49), `${'x'.repeat(47)}é`, '成员'.repeat(40)),
)
const clean = text.map((one) => one.replaceAll('\0', '').toWellFormed())
const time = fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => seconds * 1000)
const json = fc.dictionary(
  clean,
  fc.oneof(clean, fc.integer(), fc.boolean(), fc.constant(null), fc.array(clean)) as fc.Arbitrary<Json>,
)
const member: fc.Arbitrary<Member> = fc.record({
  accountId: clean.filter((id) => id !== ''),
  role: fc.constantFrom(...ROLES),
  nameCard: fc.option(clean, { nil: null }),
  mutedUntil: fc.oneof(fc.constant(null), fc.constant(Number.POSITIVE_INFINITY), time),
  joinedAt: fc.option(time, { nil: null }),
  lastSpokeAt: fc.option(time, { nil: null }),
  attributes: fc.option(json, { nil: null }),
  live: fc.option(fc.oneof(json, fc.record({ msg_seq: fc.oneof(fc.nat(), fc.constant(Number.POSITIVE_INFINITY)) })), {
    nil: null,
  }),
})

test('every value arrives as it is, whatever its letters and length', async () => {
  const { pool } = await cloneDatabase()
  let groupNo = 0
  const rolls = fc.uniqueArray(member, { selector: ({ accountId }) => accountId, maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(rolls, async (members) => {
      groupNo++
      const joins = members.map((one) => ({
        member: one,
        print: memberPrint(one),
        startAt: 1_700_000_000_000,
        startNotBefore: null,
        unseenFrom: null,
      }))
      await inTransaction(pool, (client) =>
        copyMembers(client, [{ groupNo, runNo: 1, seenAt: 1_700_000_000_000, joins }]),
      )
      const { rows } = await pool.query(
        `SELECT account_id, role, name_card, muted_until::text, extract(epoch FROM joined_at)::float8 * 1000 AS joined,
           extract(epoch FROM last_spoke_at)::float8 * 1000 AS spoke, attributes, live
         FROM rollcall.member WHERE group_no = $1`,
        [groupNo],
      )
      const shown = (one: Member) => ({
        account_id: one.accountId,
        role: one.role,
        name_card: one.nameCard,
        muted: one.mutedUntil === Number.POSITIVE_INFINITY ? 'infinity' : one.mutedUntil,
        joined: one.joinedAt ?? null,
        spoke: one.lastSpokeAt,
        attributes: JSON.parse(JSON.stringify(one.attributes)),
        live: JSON.parse(JSON.stringify(one.live)), // no infinity in JSON
      })
      const by = (a: { account_id: string }, b: { account_id: string }) => (a.account_id < b.account_id ? -1 : 1)
      const stored = rows.map(({ muted_until: muted, ...row }) => ({
        ...row,
        muted: muted === null || muted === 'infinity' ? muted : Date.parse(`${muted.replace(' ', 'T')}:00`),
      }))
      expect(stored.toSorted(by)).toEqual(members.map(shown).toSorted(by))
    }),
    { numRuns: 60 },
  )
})
