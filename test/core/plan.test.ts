import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { diff, rollOf } from '../../src/core/diff.ts'
import { addTo, EMPTY_ROLL, memberPrint, type RollPrint } from '../../src/core/fingerprint.ts'
import { OUTCOMES } from '../../src/core/group.ts'
import type { Member } from '../../src/core/member.ts'
import { isUnchanged } from '../../src/core/roll-write.ts'
import { cameBack, returnedAt, startOf } from '../../src/core/stay.ts'
import { Book } from './book.ts'
import { roll } from './arbitrary.ts'

const allOut = (absent: readonly string[]) => ({ out: [...absent], in: [] })
const nobody = () => ({ out: [], in: [] })
const read = (n: number, outcome: (typeof OUTCOMES)[number] = 'complete') => ({
  outcome,
  beganAt: 2_000_000_000_000 + n * 10_000,
  endedAt: 2_000_000_005_000 + n * 10_000,
})
const byAccount = (members: Iterable<Member>) =>
  Object.fromEntries([...members].map((member) => [member.accountId, structuredClone(member)] as const))

test('INV-6 diff(x, x) is empty', () => {
  fc.assert(
    fc.property(roll, (members) => {
      const prints = new Map(members.map((member) => [member.accountId, memberPrint(member)]))
      expect(diff(prints, rollOf(members))).toEqual({ joined: [], changed: [], live: [], absent: [] })
    }),
  )
})

test('INV-7 carrying out the plans of complete reads gives each read, and the sum kept is the sum of the rows', () => {
  fc.assert(
    fc.property(fc.array(roll, { minLength: 1, maxLength: 6 }), (reads) => {
      const book = new Book()
      reads.forEach((members, n) => {
        book.carryOut(book.plan(members, read(n), allOut))
        const seen = byAccount(members)
        const kept = byAccount([...book.rows.values()].map((row) => row.member))
        expect(kept).toEqual(seen)
        const sum = members.map(memberPrint).reduce<RollPrint>((all, one) => addTo(all, one), EMPTY_ROLL)
        expect(book.known?.roll).toEqual(sum)
      })
    }),
  )
})

test('INV-8 a second read without a change plans nothing', () => {
  fc.assert(
    fc.property(roll, (members) => {
      const book = new Book()
      book.carryOut(book.plan(members, read(0), nobody))
      const again = book.plan([...members].reverse(), read(1), allOut)
      expect({ ...again, known: null, receipt: null, roll: null }).toMatchObject({
        joins: [],
        ends: [],
        edits: [],
        updates: [],
      })
      expect(isUnchanged({ ...again, group: null })).toBe(true)
    }),
  )
})

test('INV-9 the changes, replayed from nothing, give the current state', () => {
  fc.assert(
    fc.property(fc.array(roll, { maxLength: 6 }), (reads) => {
      const book = new Book()
      reads.forEach((members, n) => book.carryOut(book.plan(members, read(n), allOut)))
      const replayed = new Map<string, Record<string, unknown>>()
      const shown = (member: Member) => ({
        role: member.role,
        name_card: member.nameCard,
        attributes: member.attributes,
      })
      for (const change of book.changes) {
        if (change.kind === 'left') replayed.delete(change.accountId)
        else if (change.kind === 'joined') replayed.set(change.accountId, shown(change.new as Member))
        else replayed.set(change.accountId, { ...replayed.get(change.accountId), ...(change.new as object) })
      }
      for (const [id, state] of replayed) {
        const row = book.rows.get(id)
        expect(row).toBeDefined()
        if (row !== undefined) expect(state).toMatchObject(shown(row.member))
      }
      expect(replayed.size).toBe(book.rows.size)
    }),
  )
})

describe('INV-10 only complete and gone end a stay', () => {
  test.each(OUTCOMES.filter((outcome) => outcome !== 'complete' && outcome !== 'gone'))('%s ends none', (outcome) => {
    fc.assert(
      fc.property(roll, roll, (before, after) => {
        const book = new Book()
        book.carryOut(book.plan(before, read(0), nobody))
        expect(book.plan(after, read(1, outcome), allOut).ends).toEqual([])
      }),
    )
  })

  test('gone ends all', () => {
    fc.assert(
      fc.property(roll, (members) => {
        const book = new Book()
        book.carryOut(book.plan(members, read(0), nobody))
        const write = book.plan([], read(1, 'gone'), nobody)
        expect(write.ends.map((end) => end.accountId).sort()).toEqual(members.map((member) => member.accountId).sort())
      }),
    )
  })

  test('of a complete read, only who is confirmed as out leaves; whoever else is absent stays and is marked', () => {
    fc.assert(
      fc.property(roll, roll, fc.func(fc.constantFrom('in', 'out', 'unknown')), (before, after, word) => {
        const book = new Book()
        book.carryOut(book.plan(before, read(0), nobody))
        const said = (absent: readonly string[], answer: string) => absent.filter((id) => word(id) === answer)
        const write = book.plan(after, read(1), (absent) => ({ out: said(absent, 'out'), in: said(absent, 'in') }))
        const absent = before.map((m) => m.accountId).filter((id) => !after.some((m) => m.accountId === id))
        const left = write.ends.map((end) => end.accountId).filter((id) => absent.includes(id))
        expect(left.sort()).toEqual(said(absent, 'out').sort())
        expect([...write.unseen].sort()).toEqual(absent.filter((id) => word(id) !== 'out').sort())
      }),
    )
  })
})

test('INV-11 stays of one member never overlap, whatever the join times say and however reads end', () => {
  const step = fc.tuple(roll, fc.constantFrom(...OUTCOMES), fc.func(fc.constantFrom('in', 'out', 'unknown')))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
      const book = new Book()
      steps.forEach(([members, outcome, word], n) => {
        if (outcome === 'failed' || outcome === 'forbidden') return
        const said = (absent: readonly string[], answer: string) => absent.filter((id) => word(id) === answer)
        const write = book.plan(members, read(n, outcome), (absent) => ({
          out: said(absent, 'out'),
          in: said(absent, 'in'),
        }))
        book.carryOut(write)
        expect(book.overlaps()).toEqual([])
        expect(book.stays.filter((stay) => stay.endAt !== null && stay.endAt <= stay.startAt)).toEqual([])
      })
    }),
    { numRuns: 300 },
  )
})

test('INV-12 a stay starts at the vendor join time within its bounds, else at the end of the read', () => {
  const now = { beganAt: 100, endedAt: 110 }
  expect(startOf(now, 105, 50)).toEqual({ startAt: 105, startNotBefore: 50 })
  expect(startOf(now, 60, null)).toEqual({ startAt: 60, startNotBefore: null })
  expect(startOf(now, 40, 50)).toEqual({ startAt: 110, startNotBefore: 50 })
  expect(startOf(now, 111, 50)).toEqual({ startAt: 110, startNotBefore: 50 })
  expect(startOf(now, null, 50)).toEqual({ startAt: 110, startNotBefore: 50 })
})

test('INV-13 a later join time is a leave and a return; an earlier one is a correction', () => {
  expect(cameBack(10, 20)).toBe(true)
  expect(cameBack(20, 10)).toBe(false)
  expect(cameBack(null, 10)).toBe(false)
  expect(cameBack(10, null)).toBe(false)
  const now = { beganAt: 100, endedAt: 110 }
  expect(returnedAt(now, 90, 50, 10)).toBe(90)
  expect(returnedAt(now, 40, 50, 10)).toBe(110)
  expect(returnedAt(now, 90, 50, 95)).toBe(110)
})
