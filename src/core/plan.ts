import { type Diff, type Edit, type Roll, edits } from './diff.ts'
import { addTo, EMPTY_ROLL, groupPrint, type MemberPrint, type Print, type RollPrint } from './fingerprint.ts'
import type { Group, Outcome } from './group.ts'
import type { BadRecord, Member, Millis } from './member.ts'
import { cameBack, type ReadTime, returnedAt, startOf } from './stay.ts'

/** What the database knows of a group's roll before a read is written. */
export interface KnownRoll {
  readonly groupNo: number
  /** A write based on another version is refused and planned anew. */
  readonly version: number
  readonly roll: RollPrint
  readonly unseen: number
  readonly groupPrint: Print
  readonly readEndedAt: Millis | null
  readonly firstCompleteAt: Millis | null
  readonly completeBeganAt: Millis | null
  readonly dissolvedAt: Millis | null
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
  readonly roll: RollPrint
  readonly unseenRows: number
}

/** True when the read shows exactly what is stored: no member row, no history, only a receipt. */
export function isUnchanged(write: RollWrite): boolean {
  return (
    write.known !== null &&
    write.known.dissolvedAt === null &&
    write.joins.length + write.ends.length + write.updates.length + write.unseen.length === 0 &&
    write.known.unseen === write.unseenRows &&
    (write.group === null || samePrint(groupPrint(write.group), write.known.groupPrint))
  )
}

export const samePrint = (a: Print, b: Print): boolean => a.hi === b.hi && a.lo === b.lo

export interface PlanInput {
  readonly receipt: ReadReceipt
  readonly group: Group | null
  readonly known: KnownRoll | null
  readonly seen: Roll
  readonly stored: ReadonlyMap<string, MemberPrint>
  /** Full rows of the changed and the absent accounts of `diff`. */
  readonly rows: ReadonlyMap<string, StoredMember>
  readonly diff: Diff
  /** Those absent whom the vendor's direct word (or a second complete walk) confirms as out. Ignored unless complete. */
  readonly confirmedOut: ReadonlySet<string>
  /** Those absent whom the vendor's direct word says are in. */
  readonly confirmedIn: ReadonlySet<string>
}

/** Decides the effect of a read. Leaves come from complete reads alone; joins and edits never wait. */
export function planRoll(input: PlanInput): RollWrite {
  const { receipt, known, seen, stored, rows } = input
  const complete = receipt.outcome === 'complete'
  const lastComplete = known?.completeBeganAt ?? null
  let roll = known?.roll ?? EMPTY_ROLL
  const joins: Join[] = []
  const ends: RollWrite['ends'][number][] = []
  const edited: Edit[] = []
  const updates: RollWrite['updates'][number][] = []

  const join = (accountId: string, lastWithout: Millis | null) => {
    const row = seen.get(accountId)
    if (row === undefined) return
    const start = startOf(receipt, row.member.joinedAt, lastWithout)
    joins.push({ ...row, ...start, unseenFrom: complete ? null : receipt.beganAt })
    roll = addTo(roll, row.print)
  }
  const end = (accountId: string, endAt: Millis) => {
    const row = rows.get(accountId)
    const print = stored.get(accountId)
    if (row === undefined || print === undefined) return
    ends.push({ accountId, endAt, old: row.member })
    roll = addTo(roll, print, -1)
  }
  const update = (accountId: string, isEdit: boolean) => {
    const row = seen.get(accountId)
    const print = stored.get(accountId)
    if (row === undefined || print === undefined) return
    updates.push({ ...row, edited: isEdit })
    roll = addTo(addTo(roll, print, -1), row.print)
  }

  for (const accountId of input.diff.joined) join(accountId, lastComplete)
  for (const accountId of input.diff.live) update(accountId, false)
  for (const accountId of input.diff.changed) {
    const before = rows.get(accountId)
    const after = seen.get(accountId)?.member
    if (before === undefined || after === undefined) continue
    if (cameBack(before.member.joinedAt ?? null, after.joinedAt)) {
      // Only a complete read may end a stay; a partial one leaves the row for the next complete one to judge.
      if (!complete || after.joinedAt === null || after.joinedAt === undefined) continue
      const lastWith = before.unseenFrom ?? lastComplete ?? before.firstSeenAt
      const at = returnedAt(receipt, after.joinedAt, lastWith, before.startAt)
      end(accountId, at)
      const row = seen.get(accountId)
      if (row === undefined) continue
      joins.push({ ...row, startAt: at, startNotBefore: lastWith, unseenFrom: null })
      roll = addTo(roll, row.print)
      continue
    }
    const changes = edits(before.member, after)
    edited.push(...changes)
    update(accountId, changes.length > 0)
  }
  const unseen: string[] = []
  if (complete) {
    for (const accountId of input.diff.absent) {
      if (input.confirmedOut.has(accountId)) end(accountId, receipt.endedAt)
      else if (!input.confirmedIn.has(accountId)) unseen.push(accountId)
    }
  }
  return {
    receipt,
    group: input.group,
    known,
    joins,
    ends,
    edits: edited,
    updates,
    unseen,
    roll,
    unseenRows: complete ? unseen.length : (known?.unseen ?? 0) + joins.length,
  }
}

/** What a vendor's word that the group is gone does: every stay ends with the read. */
export function planGone(receipt: ReadReceipt, known: KnownRoll | null, members: Iterable<StoredMember>): RollWrite {
  const ends = [...members].map(({ member }) => ({ accountId: member.accountId, endAt: receipt.endedAt, old: member }))
  return {
    receipt,
    group: null,
    known,
    joins: [],
    ends,
    edits: [],
    updates: [],
    unseen: [],
    roll: EMPTY_ROLL,
    unseenRows: 0,
  }
}
