import { diff, edits, rollOf } from '../../src/core/diff.ts'
import { EMPTY_ROLL, memberPrint } from '../../src/core/fingerprint.ts'
import type { Approval, Guard } from '../../src/core/guard.ts'
import type { Outcome } from '../../src/core/group.ts'
import type { Member } from '../../src/core/member.ts'
import { mayOverlap, planGone, planRoll } from '../../src/core/plan.ts'
import { type KnownRoll, type RollWrite, type StoredMember } from '../../src/core/roll-write.ts'

export interface Stay {
  accountId: string
  startAt: number
  endAt: number | null
}

/** A database of one group on paper: carries out the writes of the core as they are described. */
export class Book {
  rows = new Map<string, StoredMember>()
  stays: Stay[] = []
  known: KnownRoll | null = null
  guard: Guard | undefined
  approved: Approval | null = null
  changes: { accountId: string; kind: string; old: unknown; new: unknown }[] = []

  plan(
    members: readonly Member[],
    read: { beganAt: number; endedAt: number; outcome: Outcome },
    confirm: (absent: readonly string[]) => { out: string[]; in: string[] },
  ): RollWrite {
    const receipt = {
      ...read,
      groupId: 'g',
      vendorCount: members.length,
      rowsRead: members.length,
      passes: 1,
      calls: 1,
      reason: null,
      bad: [],
    }
    if (read.outcome === 'gone') return planGone(receipt, this.known, this.rows.values())
    const stored = new Map([...this.rows].map(([id, { member }]) => [id, memberPrint(member)]))
    const seen = rollOf(members)
    const found = diff(stored, seen)
    const verdict = confirm(found.absent)
    return planRoll({
      receipt,
      group: null,
      known: this.known,
      seen,
      stored,
      rows: this.rows,
      diff: found,
      confirmedOut: new Set(verdict.out),
      lastEnds: this.lastEnds(seen.values()),
      guard: this.guard,
      approved: this.approved,
    })
  }

  /** As the store answers: of those only for whom it can matter. */
  lastEnds(rows: Iterable<{ readonly member: Member }>): Map<string, number> {
    const asked = [...rows].filter(({ member }) => mayOverlap(this.known, member.joinedAt))
    return new Map(
      asked.flatMap(({ member: { accountId } }) => {
        const ends = this.stays.filter((stay) => stay.accountId === accountId).map((stay) => stay.endAt ?? 0)
        return ends.length === 0 ? [] : [[accountId, Math.max(...ends)] as const]
      }),
    )
  }

  carryOut(write: RollWrite): void {
    const { receipt } = write
    for (const end of write.ends) {
      const row = this.rows.get(end.accountId)
      if (row === undefined) throw new Error(`${end.accountId} is not on the roll`)
      this.rows.delete(end.accountId)
      this.stays.push({ accountId: end.accountId, startAt: row.startAt, endAt: end.endAt })
      this.changes.push({ accountId: end.accountId, kind: 'left', old: row.member, new: null })
    }
    for (const { member } of write.updates) {
      const row = this.rows.get(member.accountId)
      if (row === undefined) throw new Error(`${member.accountId} is not on the roll`)
      for (const edit of edits(row.member, member)) this.changes.push(edit)
      this.rows.set(member.accountId, { ...row, member })
    }
    for (const join of write.joins) {
      if (this.rows.has(join.member.accountId)) throw new Error(`${join.member.accountId} is on the roll already`)
      this.rows.set(join.member.accountId, { ...join, firstSeenAt: receipt.endedAt })
      this.changes.push({ accountId: join.member.accountId, kind: 'joined', old: null, new: join.member })
    }
    const ends = receipt.outcome === 'complete' || receipt.outcome === 'gone'
    this.known = {
      groupNo: 1,
      version: (this.known?.version ?? 0) + 1,
      roll: write.roll,
      unseen: write.unseenRows,
      groupPrint: EMPTY_ROLL,
      walkedPrint: null,
      hinted: false,
      readEndedAt: receipt.endedAt,
      firstCompleteAt: this.known?.firstCompleteAt ?? (ends ? receipt.endedAt : null),
      completeBeganAt: ends ? receipt.beganAt : (this.known?.completeBeganAt ?? null),
      completeEndedAt: ends ? receipt.endedAt : (this.known?.completeEndedAt ?? null),
      dissolvedAt: receipt.outcome === 'gone' ? receipt.endedAt : null,
      held: write.held !== null,
    }
  }

  overlaps(): string[] {
    const all = [
      ...this.stays,
      ...[...this.rows.values()].map((row) => ({ accountId: row.member.accountId, startAt: row.startAt, endAt: null })),
    ]
    return all
      .filter((one, i) =>
        all.some(
          (other, k) =>
            k !== i &&
            other.accountId === one.accountId &&
            one.startAt < (other.endAt ?? Number.POSITIVE_INFINITY) &&
            other.startAt < (one.endAt ?? Number.POSITIVE_INFINITY),
        ),
      )
      .map((stay) => stay.accountId)
  }
}
