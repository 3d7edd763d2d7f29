import type { RollWrite } from './roll-write.ts'

/** Holds back when more than `count` AND more than `percent` per cent go at once. */
export interface Guard {
  readonly count: number
  readonly percent: number
}

export const HELD_KINDS = ['leaves', 'dissolved'] as const
export type HeldKind = (typeof HELD_KINDS)[number]

/** What a read would have ended and did not: it waits for a person. */
export interface Held {
  readonly kind: HeldKind
  /** Whose stays would end, in order. */
  readonly accounts: readonly string[]
  /** The members stored of the group, those held included. */
  readonly of: number
  readonly reason: string
}

/** What a person was shown of one group and approves. Nothing else of that group ends in the same run. */
export interface Approval {
  readonly kind: HeldKind
  readonly accounts: ReadonlySet<string>
}

/** @example exceeds({ count: 50, percent: 30 }, 51, 100) // true; 51 of 200 is no more than the share: false */
export function exceeds(guard: Guard | undefined, going: number, of: number): boolean {
  return guard !== undefined && going > guard.count && going * 100 > of * guard.percent
}

export interface LeavesJudged {
  readonly ends: readonly string[]
  readonly held: readonly string[]
}

/**
 * Which of the proven leaves of one group are applied. Without an approval all or none; with one those that were shown,
 * whatever their number, and none else.
 */
export function judgeLeaves(
  leaving: readonly string[],
  stored: number,
  { guard, approved }: { readonly guard: Guard | undefined; readonly approved: Approval | null },
): LeavesJudged {
  if (approved !== null) {
    const shown = (accountId: string) => approved.accounts.has(accountId)
    return { ends: leaving.filter(shown), held: leaving.filter((accountId) => !shown(accountId)) }
  }
  return exceeds(guard, leaving.length, stored) ? { ends: [], held: leaving } : { ends: leaving, held: [] }
}

/** The leaves held back of a group, or null where none are. */
export function heldLeaves({ held, ends }: LeavesJudged, of: number, guard: Guard | undefined): Held | null {
  if (held.length === 0) return null
  const why =
    ends.length > 0 || guard === undefined || !exceeds(guard, held.length, of)
      ? `${held.length} of ${of} members would leave and were not among those approved: held`
      : `${held.length} of ${of} members would leave, more than leaveGuard allows (${limits(guard)}): held`
  return { kind: 'leaves', accounts: held.toSorted(), of, reason: why }
}

/** Whether the vendor's word that a group is gone is held back. `gone` and `of` count groups of the source. */
export function judgeGone(
  write: RollWrite,
  { gone, of }: { readonly gone: number; readonly of: number },
  { guard, approved }: { readonly guard: Guard | undefined; readonly approved: Approval | null },
): RollWrite {
  if (approved !== null) {
    const shown = approved.kind === 'dissolved' && write.ends.every(({ accountId }) => approved.accounts.has(accountId))
    return shown ? write : holdGone(write, 'the group is gone, which was not what was approved: held')
  }
  if (guard === undefined || !exceeds(guard, gone, of)) return write
  return holdGone(
    write,
    `${gone} of ${of} groups would dissolve, more than dissolveGuard allows (${limits(guard)}): held`,
  )
}

/** The same read without its effect: everybody stays on the roll, and the receipt proves nothing. */
function holdGone(write: RollWrite, reason: string): RollWrite {
  const accounts = write.ends.map(({ accountId }) => accountId).toSorted()
  const { known, receipt } = write
  return {
    ...write,
    receipt: {
      ...receipt,
      outcome: 'partial',
      reason: receipt.reason === null ? reason : `${reason} (${receipt.reason})`,
    },
    ends: [],
    roll: known?.roll ?? write.roll,
    unseenRows: known?.unseen ?? 0,
    held: { kind: 'dissolved', accounts, of: accounts.length, reason },
  }
}

const limits = ({ count, percent }: Guard): string => `${count} and ${percent} %`
