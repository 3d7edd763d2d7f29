import type { Millis } from './member.ts'

/** When one read of one group began and ended. */
export interface ReadTime {
  readonly beganAt: Millis
  readonly endedAt: Millis
}

export interface Start {
  readonly startAt: Millis
  /** `beganAt` of the last complete read without the member; null if there was none. */
  readonly startNotBefore: Millis | null
}

/**
 * When a stay that a read shows for the first time began (interface.md, section 4): the vendor's join time where it gives
 * one that lies after the last complete read without the member began and not after this read ended; else the end of
 * this read.
 *
 * @example startOf({ beganAt: 100, endedAt: 110 }, 105, 50) // { startAt: 105, startNotBefore: 50 }
 * @example startOf({ beganAt: 100, endedAt: 110 }, 40, 50) // a clock that is off: { startAt: 110, startNotBefore: 50 }
 */
export function startOf(read: ReadTime, joinedAt: Millis | null | undefined, lastWithout: Millis | null): Start {
  const usable =
    joinedAt !== null &&
    joinedAt !== undefined &&
    joinedAt <= read.endedAt &&
    (lastWithout === null || joinedAt > lastWithout)
  return { startAt: usable ? joinedAt : read.endedAt, startNotBefore: lastWithout }
}

/**
 * Whether the vendor's join times show that a member left and came back between two reads: a membership made anew
 * has a later join time. An earlier one is a correction by the vendor, and a time that appears or vanishes says nothing.
 */
export function cameBack(before: Millis | null, after: Millis | null | undefined): boolean {
  return before !== null && after !== null && after !== undefined && after > before
}

/**
 * The moment between two stays of a member that came back: the new join time where it lies after the last read with the
 * member began, after the old stay's start, and not after this read; else the end of this read.
 */
export function returnedAt(read: ReadTime, joinedAt: Millis, lastWith: Millis, startedAt: Millis): Millis {
  return joinedAt > lastWith && joinedAt > startedAt && joinedAt <= read.endedAt ? joinedAt : read.endedAt
}
