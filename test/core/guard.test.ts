import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exceeds, judgeLeaves } from '../../src/core/guard.ts'
import { addTo, EMPTY_ROLL, memberPrint } from '../../src/core/fingerprint.ts'
import { roll } from './arbitrary.ts'
import { Book } from './book.ts'

const guard = fc.record({ count: fc.integer({ min: 0, max: 8 }), percent: fc.integer({ min: 0, max: 100 }) })
const accounts = fc.uniqueArray(fc.constantFrom(...Array.from({ length: 12 }, (_, n) => `u${n}`)))
const read = (n: number, outcome: 'complete' | 'gone' = 'complete') => ({
  beganAt: 2_000_000_000_000 + n * 10_000,
  endedAt: 2_000_000_005_000 + n * 10_000,
  outcome,
})
const allOut = (absent: readonly string[]) => ({ out: [...absent], in: [] })

describe('both bounds, and only more than them', () => {
  test.each([
    [{ count: 50, percent: 30 }, 50, 60, false],
    [{ count: 50, percent: 30 }, 51, 60, true],
    [{ count: 50, percent: 30 }, 51, 170, false],
    [{ count: 50, percent: 30 }, 52, 170, true],
    [{ count: 0, percent: 0 }, 1, 1_000_000, true],
    [{ count: 0, percent: 100 }, 5, 5, false],
    [{ count: 50, percent: 30 }, 0, 0, false],
    [undefined, 1000, 1000, false],
  ] as const)('%o: %i of %i', (bounds, going, of, held) => expect(exceeds(bounds, going, of)).toBe(held))

  test('more going is never held less, a wider guard never holds more', () => {
    fc.assert(
      fc.property(guard, guard, fc.nat(20), fc.nat(20), (a, b, going, of) => {
        if (exceeds(a, going, of)) expect(exceeds(a, going + 1, of)).toBe(true)
        const wider = { count: Math.max(a.count, b.count), percent: Math.max(a.percent, b.percent) }
        if (exceeds(wider, going, of)) expect(exceeds(a, going, of)).toBe(true)
      }),
    )
  })
})

test('INV-14 every leave is either applied or held; all or none without an approval, those shown and no other with one', () => {
  fc.assert(
    fc.property(guard, accounts, accounts, fc.boolean(), (bounds, leaving, shown, asked) => {
      const approved = asked ? { kind: 'leaves' as const, accounts: new Set(shown) } : null
      const { ends, held } = judgeLeaves(leaving, 12, { guard: bounds, approved })
      expect([...ends, ...held].toSorted()).toEqual(leaving.toSorted())
      if (approved === null) expect(ends.length === 0 || held.length === 0).toBe(true)
      else expect(ends.every((account) => approved.accounts.has(account))).toBe(true)
      if (approved !== null) expect(held.some((account) => approved.accounts.has(account))).toBe(false)
    }),
  )
})

test('INV-14 a read whose leaves are held ends no stay, applies its joins and keeps its sums', () => {
  fc.assert(
    fc.property(guard, fc.array(roll, { minLength: 2, maxLength: 6 }), (bounds, rolls) => {
      const book = new Book()
      book.guard = bounds
      rolls.forEach((members, n) => {
        const before = new Set(book.rows.keys())
        const write = book.plan(members, read(n), allOut)
        const left = [...before].filter((account) => !members.some((member) => member.accountId === account))
        book.carryOut(write)
        for (const { accountId } of members) expect(book.rows.has(accountId)).toBe(true)
        if (exceeds(bounds, left.length, before.size)) {
          expect(write.held).toMatchObject({ kind: 'leaves', accounts: left.toSorted(), of: before.size })
          expect([write.ends, write.receipt.outcome]).toEqual([[], 'partial'])
          for (const account of left) expect(book.rows.has(account)).toBe(true)
        } else {
          expect([write.held, write.receipt.outcome]).toEqual([null, 'complete'])
          for (const account of left) expect(book.rows.has(account)).toBe(false)
        }
        const kept = [...book.rows.values()].reduce((sum, row) => addTo(sum, memberPrint(row.member)), EMPTY_ROLL)
        expect(write.roll).toEqual(kept)
      })
      expect(book.overlaps()).toEqual([])
    }),
  )
})

test('INV-15 an approval ends what was shown and is still so, and nothing else', () => {
  fc.assert(
    fc.property(roll, roll, roll, (first, held, now) => {
      const book = new Book()
      book.carryOut(book.plan(first, read(0), allOut))
      book.guard = { count: 0, percent: 0 }
      const shown = book.plan(held, read(1), allOut)
      book.carryOut(shown)
      const accounts = new Set(shown.held?.accounts)
      book.approved = { kind: 'leaves', accounts }
      const before = new Set(book.rows.keys())
      const write = book.plan(now, read(2), allOut)
      book.carryOut(write)
      for (const account of before) {
        const present = now.some((member) => member.accountId === account)
        expect(book.rows.has(account)).toBe(present || !accounts.has(account))
      }
    }),
  )
})
