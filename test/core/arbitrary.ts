import fc from 'fast-check'
import { type Member, ROLES } from '../../src/core/member.ts'

const time = fc.integer({ min: 1_400_000_000, max: 1_900_000_000 }).map((seconds) => seconds * 1000)

/** Join times also from around and within the reads of the tests: 10 s apart from 2 000 000 000 s on, each 5 s long. */
const joinTime = fc.oneof(
  time,
  fc.integer({ min: 2_000_000_000, max: 2_000_000_090 }).map((seconds) => seconds * 1000),
)

/** Somebody of whom nothing is known but the account. */
export const someone = (accountId: string): Member => ({
  accountId,
  role: 'member',
  nameCard: null,
  mutedUntil: null,
  joinedAt: null,
  lastSpokeAt: null,
  attributes: null,
  live: null,
})

/** A member of a small world: few accounts, so that rolls overlap. */
export const member = (accountId: string): fc.Arbitrary<Member> =>
  fc.record({
    accountId: fc.constant(accountId),
    role: fc.constantFrom(...ROLES),
    nameCard: fc.option(fc.string({ maxLength: 4 }), { nil: null }),
    mutedUntil: fc.oneof(fc.constant(null), fc.constant(Number.POSITIVE_INFINITY), time),
    joinedAt: fc.option(joinTime, { nil: null }),
    lastSpokeAt: fc.option(time, { nil: null }),
    attributes: fc.option(fc.dictionary(fc.constantFrom('badge', 'flag'), fc.string({ maxLength: 3 })), { nil: null }),
    live: fc.option(fc.record({ msg_seq: fc.nat(9) }), { nil: null }),
  })

const ACCOUNTS = Array.from({ length: 12 }, (_, i) => `u${i}`)

/** A roll: some of twelve accounts, each with its fields. */
export const roll: fc.Arbitrary<Member[]> = fc
  .uniqueArray(fc.constantFrom(...ACCOUNTS))
  .chain((accounts) => fc.tuple(...accounts.map(member)))
