import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  addTo,
  canonical,
  EMPTY_ROLL,
  fromBigint,
  memberPrint,
  type RollPrint,
  sameRoll,
  toBigint,
} from '../../src/core/fingerprint.ts'
import { member, roll } from './arbitrary.ts'

test('INV-1 a fingerprint is a function of the fields: equal members, equal prints', () => {
  fc.assert(
    fc.property(member('a'), (one) => {
      expect(memberPrint(structuredClone(one))).toEqual(memberPrint(one))
    }),
  )
})

test('INV-1 each history field and the join time changes the print, and only live fields change the live part', () => {
  fc.assert(
    fc.property(member('a'), member('a'), (one, other) => {
      const keys = ['role', 'nameCard', 'mutedUntil', 'joinedAt', 'attributes'] as const
      for (const key of keys) {
        const mixed = { ...one, [key]: other[key] }
        const same = canonical({ v: mixed[key] as string }) === canonical({ v: one[key] as string })
        const [a, b] = [memberPrint(one), memberPrint(mixed)]
        if (Number.isFinite(one.mutedUntil ?? 0) && Number.isFinite(other.mutedUntil ?? 0)) {
          expect(a.hi === b.hi && a.lo === b.lo).toBe(same || one[key] === other[key])
        }
        expect(b.live).toBe(a.live)
      }
      const spoke = memberPrint({ ...one, live: { msg_seq: 77 } })
      expect([spoke.hi, spoke.lo]).toEqual([memberPrint(one).hi, memberPrint(one).lo])
      expect(spoke.live).not.toBe(memberPrint(one).live)
    }),
  )
})

test('INV-1 fields never run into each other', () => {
  const one = {
    role: 'member',
    mutedUntil: null,
    joinedAt: null,
    lastSpokeAt: null,
    attributes: null,
    live: null,
  } as const
  expect(memberPrint({ ...one, accountId: 'a', nameCard: 'bc' })).not.toEqual(
    memberPrint({ ...one, accountId: 'ab', nameCard: 'c' }),
  )
  expect(memberPrint({ ...one, accountId: 'a', nameCard: null })).not.toEqual(
    memberPrint({ ...one, accountId: 'a', nameCard: '' }),
  )
})

test('INV-2 the sum of a roll does not depend on order, and taking away undoes adding', () => {
  fc.assert(
    fc.property(roll, fc.integer(), (members, seed) => {
      const prints = members.map(memberPrint)
      const shuffled = [...prints].sort((a, b) => ((a.lo ^ seed) % 97) - ((b.lo ^ seed) % 97))
      const sum = prints.reduce<RollPrint>((all, one) => addTo(all, one), EMPTY_ROLL)
      expect(
        sameRoll(
          sum,
          shuffled.reduce<RollPrint>((all, one) => addTo(all, one), EMPTY_ROLL),
        ),
      ).toBe(true)
      const back = shuffled.reduce<RollPrint>((all, one) => addTo(all, one, -1), sum)
      expect(back).toEqual(EMPTY_ROLL)
      const exact = prints.reduce((all, one) => BigInt.asIntN(64, all + BigInt(toBigint(one))), 0n)
      expect(toBigint(sum)).toBe(exact.toString())
    }),
  )
})

test('INV-2 the bits survive the way through a bigint column', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), (hi, lo) => {
      expect(fromBigint(toBigint({ hi, lo }))).toEqual({ hi, lo })
    }),
  )
})

test('prints spread: no collision among 200,000 similar members', () => {
  const seen = new Set<string>()
  for (let i = 0; i < 200_000; i++) {
    const print = memberPrint({
      accountId: `user${i}`,
      role: 'member',
      nameCard: null,
      mutedUntil: null,
      joinedAt: 1_700_000_000_000,
      lastSpokeAt: null,
      attributes: null,
      live: null,
    })
    seen.add(`${print.hi},${print.lo}`)
  }
  expect(seen.size).toBe(200_000)
})
