import { detailsPrint } from './fingerprint.ts'
import type { Group } from './group.ts'
import type { Millis } from './member.ts'
import { type KnownRoll, type ReadReceipt, type RollWrite, samePrint } from './roll-write.ts'

/**
 * Whether the members of a group need not be walked: nothing at all in its details differs from those with which its
 * last complete read began, that read is the newest and young enough, and nothing waits to be cleared up. No vendor documents a field
 * that moves with every change of the members, so this is no proof: a swap of two members that leaves the details as they
 * were is seen by the next walk.
 *
 * @param now when this read began
 * @param fullEveryMs the most that may lie between two walks
 */
export function mayStayUnwalked(group: Group, known: KnownRoll | null, now: Millis, fullEveryMs: number): boolean {
  if (known === null || known.completeBeganAt === null || known.completeEndedAt !== known.readEndedAt) return false
  if (known.dissolvedAt !== null || known.held || known.hinted || known.unseen > 0) return false
  const age = now - known.completeBeganAt
  if (age < 0 || age >= fullEveryMs) return false
  if (group.memberCount !== known.roll.rows || known.walkedPrint === null) return false
  return samePrint(detailsPrint(group), known.walkedPrint)
}

/** What such a read does: nothing but leave its receipt. */
export function planUnwalked(receipt: ReadReceipt, known: KnownRoll): RollWrite {
  return {
    receipt,
    group: null,
    known,
    joins: [],
    ends: [],
    edits: [],
    updates: [],
    unseen: [],
    unseenBefore: 0,
    roll: known.roll,
    unseenRows: known.unseen,
    held: null,
  }
}
