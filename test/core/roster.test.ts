import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diff, type Roll } from '../../src/core/diff.ts'
import { memberPrint } from '../../src/core/fingerprint.ts'
import type { Member } from '../../src/core/member.ts'
import { PrintRoster, RowRoster } from '../../src/core/roster.ts'
import { roll } from './arbitrary.ts'

const printed = (rows: readonly Member[]): Roll =>
  new Map(rows.map((member) => [member.accountId, { member, print: memberPrint(member) }]))

test('of fingerprints alone the same rows are wanted that a comparison of the whole rows finds, each once', () => {
  fc.assert(
    fc.property(fc.array(roll, { maxLength: 8 }), roll, fc.nat(), (pages, stored, first) => {
      const rows = pages.flat()
      const roster = new PrintRoster(first % 100)
      for (const row of rows) roster.add(row)
      const seen = printed(rows) // of an account that comes twice, the later row
      const old = new Map([...printed(stored)].map(([accountId, { print }]) => [accountId, print]))
      const absent = [...old].filter(([accountId, print]) => roster.meet(accountId, print) === 'absent')
      const found = diff(old, seen)
      expect(absent.map(([accountId]) => accountId).toSorted()).toEqual([...found.absent].toSorted())

      const { marks, rows: wanted } = roster.wanted()
      const marked = rows.filter((_, index) => marks[index] === 1)
      const expected = [...found.joined, ...found.changed, ...found.live].map(
        (accountId) => seen.get(accountId)?.member,
      )
      expect(marked).toHaveLength(wanted)
      expect(new Set(marked)).toEqual(new Set(expected))
      // Rows that are not wanted may come too, and rows may come again.
      const taken = [...rows, ...rows].filter((row) => roster.takes(row, memberPrint(row)))
      expect(taken.map(({ accountId }) => accountId).toSorted()).toEqual(
        expected.map((row) => row?.accountId ?? '').toSorted(),
      )
      expect(roster.wanted().rows).toBe(0)
    }),
  )
})

test('with some buckets alone in question, rows of the others are not wanted', () => {
  fc.assert(
    fc.property(roll, fc.integer({ min: 0, max: 3 }), (rows, bits) => {
      const mask = 3
      const buckets = new Set([bits])
      const roster = new PrintRoster(0)
      for (const row of rows) roster.add(row)
      roster.limitTo({ mask, buckets })
      const { marks } = roster.wanted()
      expect(rows.filter((_, index) => marks[index] === 1)).toEqual(
        rows.filter((row) => buckets.has(memberPrint(row).lo & mask)),
      )
    }),
  )
})

test('the same accounts are in both, whichever kind of roster each is', () => {
  fc.assert(
    fc.property(roll, roll, fc.boolean(), (a, b, same) => {
      const kinds = [() => new RowRoster(), () => new PrintRoster(0)]
      const filled = (make: () => RowRoster | PrintRoster, rows: readonly Member[]) => {
        const roster = make()
        for (const row of rows) roster.add(row)
        return roster
      }
      const other = same ? a.toReversed() : b
      const accounts = (rows: readonly Member[]) => rows.map(({ accountId }) => accountId).toSorted()
      const expected = JSON.stringify(accounts(a)) === JSON.stringify(accounts(other))
      for (const one of kinds) for (const two of kinds) expect(filled(one, a).isLike(filled(two, other))).toBe(expected)
    }),
  )
})
