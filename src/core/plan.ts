import { type Diff, type Edit, type Roll, edits } from './diff.ts'
import { addTo, EMPTY_ROLL, memberPrint, type MemberPrint, type RollPrint } from './fingerprint.ts'
import type { Group } from './group.ts'
import { type Approval, type Guard, type Held, heldLeaves, judgeLeaves } from './guard.ts'
import type { Millis } from './member.ts'
import {
  type Join,
  type KnownRoll,
  type ReadReceipt,
  type RollWrite,
  samePrint,
  type StoredMember,
} from './roll-write.ts'
import { cameBack, returnedAt, startOf } from './stay.ts'

export interface PlanInput {
  readonly receipt: ReadReceipt
  readonly group: Group | null
  readonly known: KnownRoll | null
  readonly seen: Roll
  readonly stored: ReadonlyMap<string, MemberPrint>
  /** What the roll has come to already, where an earlier part of it was planned. */
  readonly from?: RollPrint
  /** How many are stored, where `stored` holds only some of them. */
  readonly storedRows?: number
  /** Full rows of the changed and the absent accounts of `diff`. */
  readonly rows: ReadonlyMap<string, StoredMember>
  readonly diff: Diff
  /** Those absent whom the vendor's direct word (or a second complete walk) confirms as out. Ignored unless complete. */
  readonly confirmedOut: ReadonlySet<string>
  /** When the last stay of a joining account ended, of those for whom `mayOverlap` says that it matters. */
  readonly lastEnds: ReadonlyMap<string, Millis>
  /** Holds back leaves that are too many at once. */
  readonly guard: Guard | undefined
  /** What a person has approved of this group: the only leaves of this read then. */
  readonly approved: Approval | null
}

/**
 * Whether a joining account may have come back while the last read without it still went on: its join time then lies
 * before the end of that read, which is the end of the stay before.
 */
export function mayOverlap(known: KnownRoll | null, joinedAt: Millis | null | undefined): boolean {
  return joinedAt !== null && joinedAt !== undefined && known !== null && joinedAt <= (known.readEndedAt ?? joinedAt)
}

/** Decides the effect of a read. Leaves come from complete reads alone; joins and edits never wait. */
export function planRoll(input: PlanInput): RollWrite {
  const { known, seen, stored, rows, guard, approved } = input
  const proven = input.receipt.outcome === 'complete'
  const leaving = proven ? input.diff.absent.filter((accountId) => input.confirmedOut.has(accountId)) : []
  const of = input.storedRows ?? stored.size
  const judged = judgeLeaves(leaving, of, { guard, approved })
  const held = heldLeaves(judged, of, guard)
  // A read whose leaves are held does not show what the roll says: it proves nothing until a person has decided. One
  // that carries out an approval is the proof of its leaves.
  const receipt = held === null || judged.ends.length > 0 ? input.receipt : heldReceipt(input.receipt, held)
  const complete = receipt.outcome === 'complete'
  const lastComplete = known?.completeBeganAt ?? null
  let roll = input.from ?? known?.roll ?? EMPTY_ROLL
  const joins: Join[] = []
  const ends: RollWrite['ends'][number][] = []
  const edited: Edit[] = []
  const updates: RollWrite['updates'][number][] = []

  const join = (accountId: string, lastWithout: Millis | null) => {
    const row = seen.get(accountId)
    if (row === undefined) return
    const start = startOf(receipt, row.member.joinedAt, lastWithout)
    const startAt = Math.max(start.startAt, input.lastEnds.get(accountId) ?? start.startAt)
    const { member, print } = row
    const unseenFrom = complete ? null : receipt.beganAt
    joins.push({ member, print, startAt, startNotBefore: start.startNotBefore, unseenFrom })
    roll = addTo(roll, row.print)
  }
  const end = (accountId: string, endAt: Millis) => {
    const row = rows.get(accountId)
    const print = stored.get(accountId)
    if (row === undefined || print === undefined) return
    ends.push({ accountId, endAt, old: row.member })
    roll = addTo(roll, print, -1)
  }
  const update = (accountId: string, isEdit: boolean, row = seen.get(accountId)) => {
    const print = stored.get(accountId)
    if (row === undefined || print === undefined) return
    if (samePrint(print, row.print) && print.live === row.print.live) return
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
      if (!complete || after.joinedAt === null || after.joinedAt === undefined) {
        // Only a complete read may end a stay: the join time stays as it is, for the next complete one to judge.
        const member = { ...after, joinedAt: before.member.joinedAt ?? null }
        const changes = edits(before.member, member)
        edited.push(...changes)
        update(accountId, changes.length > 0, { member, print: memberPrint(member) })
        continue
      }
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
  for (const accountId of judged.ends) end(accountId, receipt.endedAt)
  // Also those whom the vendor's direct word says are in: whether the same stay of theirs goes on no row has shown.
  const unclear = input.diff.absent.filter((accountId) => !input.confirmedOut.has(accountId))
  // A complete read says anew who is unseen; one that holds leaves marks those it holds, besides who is marked already.
  const unseen = complete
    ? [...unclear, ...judged.held]
    : judged.held.filter((accountId) => rows.get(accountId)?.unseenFrom === null)
  return {
    receipt: held === null ? receipt : { ...receipt, reason: held.reason },
    group: input.group,
    known,
    joins,
    ends,
    edits: edited,
    updates,
    unseen,
    unseenBefore: unseen.filter((accountId) => (rows.get(accountId)?.unseenFrom ?? null) !== null).length,
    roll,
    unseenRows: complete ? unseen.length : (known?.unseen ?? 0) + joins.length + unseen.length,
    held,
  }
}

const heldReceipt = (receipt: ReadReceipt, { reason }: Held): ReadReceipt => ({
  ...receipt,
  outcome: 'partial',
  reason,
})

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
    unseenBefore: 0,
    roll: EMPTY_ROLL,
    unseenRows: 0,
    held: null,
  }
}
