import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonical } from '../../src/core/canonical.ts'
import {
  addTo,
  EMPTY_ROLL,
  fromBigint,
  memberPrint,
  type RollPrint,
  sameRoll,
  toBigint,
} from '../../src/core/fingerprint.ts'
import type { Member } from '../../src/core/member.ts'
import { member, roll } from './arbitrary.ts'

const GOLDEN = [
  { hi: 1583858014, lo: 759556255, live: -942328772 },
  { hi: -1261461883, lo: -1029593859, live: -942328772 },
  { hi: 1583858014, lo: 759556255, live: 0 },
]

test('INV-1 a fingerprint is a function of the fields: equal members, equal prints', () => {
  fc.assert(
    fc.property(member('a'), (one) => {
      expect(memberPrint(structuredClone(one))).toEqual(memberPrint(one))
    }),
  )
})

test('INV-1 prints are stored, and must never change: as they were in the first release, and as the plain text gives them', () => {
  const one = {
    accountId: 'user_0001',
    role: 'admin',
    nameCard: '群名片',
    mutedUntil: 1_767_225_600_000,
    joinedAt: 1_700_000_000_123,
    lastSpokeAt: 1_699_999_999_000,
    attributes: { b: 'x', a: [1, { c: null }] },
    live: { msg_seq: 4711 },
  } as const
  expect(memberPrint(one)).toEqual(GOLDEN[0])
  expect(memberPrint({ ...one, nameCard: null, mutedUntil: Number.POSITIVE_INFINITY, joinedAt: null })).toEqual(
    GOLDEN[1],
  )
  expect(memberPrint({ ...one, lastSpokeAt: null, live: null })).toEqual(GOLDEN[2])
  const times = fc.oneof(fc.constant(null), fc.constant(-0), fc.maxSafeNat(), fc.nat(99_999), fc.double(), fc.integer())
  const objects = fc.oneof(
    fc.constant(null),
    fc.record({ msg_seq: fc.oneof(fc.maxSafeNat(), fc.nat(99_999), fc.double({ noNaN: true }), fc.integer()) }),
    fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.constant(null)), { maxKeys: 3 }),
  )
  fc.assert(
    fc.property(
      member('a'),
      times,
      times,
      times,
      objects,
      objects,
      (some, ...[muted, joined, spoke, attributes, live]) => {
        const row = { ...some, mutedUntil: muted, joinedAt: joined, lastSpokeAt: spoke, attributes, live } as Member
        expect(memberPrint(row)).toEqual(plainPrint(row))
        if (live !== null) expect(memberPrint({ ...row, live: Object.freeze(live) } as Member)).toEqual(plainPrint(row))
      },
    ),
    { numRuns: 2000 },
  )
})

/** The definition: what is kept of a member is one text, and its live fields another. */
function plainPrint(row: Member) {
  const { accountId, role, nameCard, mutedUntil, joinedAt, attributes, lastSpokeAt, live } = row
  const field = (text: string) => `${text.length}:${text}`
  const card = nameCard === null ? '-' : field(nameCard)
  const history = `${field(accountId)}${field(role)}${card}${mutedUntil ?? ''};${joinedAt ?? ''};${canonical(attributes)}`
  const [hi, lo] = lanes(1, history)
  if (lastSpokeAt === null && live === null) return { hi, lo, live: 0 }
  return { hi, lo, live: lanes(2, `${lastSpokeAt ?? ''};${canonical(live)}`)[1] }
}

function lanes(seed: number, text: string): [number, number] {
  let [a, b] = [0x9e3779b9 ^ seed, 0x85ebca6b ^ Math.imul(seed, 0x27d4eb2f)]
  for (let at = 0; at < text.length; at++) {
    a = Math.imul(a ^ text.charCodeAt(at), 0x9e3779b1)
    b = Math.imul(b ^ text.charCodeAt(at), 0x5f356495)
    a ^= a >>> 15
    b ^= b >>> 13
  }
  return [finished(a ^ (b >>> 7)), finished(b ^ Math.imul(a, 0x2545f491))]
}

function finished(h: number): number {
  let x = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) | 0
}

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
