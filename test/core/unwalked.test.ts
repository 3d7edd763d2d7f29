import fc from 'fast-check'
import { expect, test } from 'vitest'
import { detailsPrint, groupPrint } from '../../src/core/fingerprint.ts'
import type { Group } from '../../src/core/group.ts'
import type { KnownRoll } from '../../src/core/roll-write.ts'
import { mayStayUnwalked } from '../../src/core/unwalked.ts'

const DAY = 86_400_000
const group: Group = {
  groupId: 'g',
  type: 'Public',
  name: 'A group',
  ownerId: 'boss',
  memberCount: 7,
  maxMembers: 200,
  muteAll: false,
  joinMode: 'free',
  createdAt: 1,
  attributes: { tier: 'gold' },
  live: { last_message_at: 5 },
}
const known: KnownRoll = {
  groupNo: 1,
  version: 3,
  roll: { hi: 1, lo: 2, live: 3, rows: 7 },
  unseen: 0,
  groupPrint: groupPrint(group),
  walkedPrint: detailsPrint(group),
  hinted: false,
  readEndedAt: 10_000,
  firstCompleteAt: 500,
  completeBeganAt: 9000,
  completeEndedAt: 10_000,
  dissolvedAt: null,
  held: false,
}

test('a group stays unwalked until the time is up, and not by a clock from before its last read', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 60_000, max: 30 * DAY }),
      fc.integer({ min: -DAY, max: 60 * DAY }),
      (every, later) => {
        expect(mayStayUnwalked(group, known, 9000 + later, every)).toBe(later >= 0 && later < every)
      },
    ),
  )
})

test('anything that differs, anything in doubt, and it is walked', () => {
  const details: Partial<Group>[] = [
    { memberCount: 8 },
    { memberCount: null },
    { name: 'Another' },
    { ownerId: null },
    { muteAll: true },
    { maxMembers: null },
    { joinMode: 'closed' },
    { type: 'Private' },
    { createdAt: 2 },
    { attributes: null },
    { live: { last_message_at: 6 } },
    { live: null },
  ]
  for (const differing of details) expect(mayStayUnwalked({ ...group, ...differing }, known, 20_000, DAY)).toBe(false)
  const doubts: Partial<KnownRoll>[] = [
    { completeBeganAt: null, completeEndedAt: null },
    { readEndedAt: 12_000 }, // a partial read came after the complete one
    { unseen: 1 },
    { held: true },
    { dissolvedAt: 11_000 },
    { roll: { ...known.roll, rows: 6 } },
    { walkedPrint: null }, // its pages were older than its details
    { walkedPrint: { hi: 1, lo: 2 } },
    { hinted: true },
  ]
  for (const doubt of doubts) expect(mayStayUnwalked(group, { ...known, ...doubt }, 20_000, DAY)).toBe(false)
  expect(mayStayUnwalked(group, null, 20_000, DAY)).toBe(false)
  expect(mayStayUnwalked(group, known, 20_000, DAY)).toBe(true)
})
