import type { Edit } from './diff.ts'
import { groupPrint, type MemberPrint, type Print, type RollPrint } from './fingerprint.ts'
import type { Group, Outcome } from './group.ts'
import type { Held } from './guard.ts'
import type { BadRecord, Member, Millis } from './member.ts'
import type { ReadTime } from './stay.ts'

/** What the database knows of a group's roll before a read is written. */
export interface KnownRoll {
  readonly groupNo: number
  /** A write based on another version is refused and planned anew. */
  readonly version: number
  readonly roll: RollPrint
  readonly unseen: number
  readonly groupPrint: Print
  /** Of the details with which the newest complete read began; null where its pages are older than its details. */
  readonly walkedPrint: Print | null
  /** Whether a webhook has said to look at it. */
  readonly hinted: boolean
  readonly readEndedAt: Millis | null
  readonly firstCompleteAt: Millis | null
  readonly completeBeganAt: Millis | null
  readonly completeEndedAt: Millis | null
  readonly dissolvedAt: Millis | null
  /** Whether something of this group is held back already. */
  readonly held: boolean
}

/** A stored member with what its stay says. */
export interface StoredMember {
  readonly member: Member
  readonly startAt: Millis
  readonly firstSeenAt: Millis
  readonly unseenFrom: Millis | null
}

/** How one read of one group went: becomes its receipt. */
export interface ReadReceipt extends ReadTime {
  readonly groupId: string
  readonly outcome: Outcome
  readonly vendorCount: number | null
  readonly rowsRead: number
  readonly passes: number
  readonly calls: number
  readonly reason: string | null
  readonly bad: readonly BadRecord[]
  /** Whether an earlier attempt had read some of its pages, before these details. */
  readonly resumed?: boolean
}

export interface Join {
  readonly member: Member
  readonly print: MemberPrint
  readonly startAt: Millis
  readonly startNotBefore: Millis | null
  /** Set for a join that no complete read has seen yet. */
  readonly unseenFrom: Millis | null
}

/** The whole effect of one read, decided; the store only carries it out. */
export interface RollWrite {
  readonly receipt: ReadReceipt
  /** The details, where the vendor gave them. */
  readonly group: Group | null
  readonly known: KnownRoll | null
  readonly joins: readonly Join[]
  readonly ends: readonly { readonly accountId: string; readonly endAt: Millis; readonly old: Member }[]
  readonly edits: readonly Edit[]
  /** Rows to bring up to date; `edited` says that a stay's history has more than its two ends. */
  readonly updates: readonly { readonly member: Member; readonly print: MemberPrint; readonly edited: boolean }[]
  /** Absent from a complete walk and not confirmed as gone: they stay, and are marked. */
  readonly unseen: readonly string[]
  /** How many of them are marked already. */
  readonly unseenBefore: number
  readonly roll: RollPrint
  readonly unseenRows: number
  /** What the guard holds back of this read; null takes back what was held before, if the read is a proof. */
  readonly held: Held | null
  /** Set where a roll is too large to be planned at once: what stands here is the part about those who are absent. */
  readonly rest?: RollRest
}

/** The other parts of a large roll's write, planned while they are carried out. */
export interface RollRest {
  /** Each part goes on where the one before has left the roll's fingerprint. Reads by `db` what is stored. */
  parts(db: unknown): AsyncIterable<RollWrite>
  /** What the parts so far have come to. */
  readonly counts: Counts
}

export interface Counts {
  readonly joined: number
  readonly left: number
  readonly changed: number
}

/** What a write comes to; of a large roll only after it was carried out. */
export function countsOf({ joins, ends, edits: edited, rest }: RollWrite): Counts {
  const more = rest?.counts ?? { joined: 0, left: 0, changed: 0 }
  return {
    joined: joins.length + more.joined,
    left: ends.length + more.left,
    changed: new Set(edited.map((edit) => edit.accountId)).size + more.changed,
  }
}

/** True when the read shows exactly what is stored: no member row, no history, only a receipt. */
export function isUnchanged(write: RollWrite): boolean {
  return (
    write.known !== null &&
    write.known.dissolvedAt === null &&
    write.rest === undefined &&
    write.joins.length + write.ends.length + write.updates.length === 0 &&
    write.unseen.length === write.unseenBefore &&
    write.known.unseen === write.unseenRows &&
    (write.group === null || samePrint(groupPrint(write.group), write.known.groupPrint))
  )
}

export const samePrint = (a: Print, b: Print): boolean => a.hi === b.hi && a.lo === b.lo
