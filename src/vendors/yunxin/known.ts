import type { Clock } from '../../core/clock.ts'
import type { GroupHint } from '../../core/group.ts'
import { hasPrefix, tidOfGroup, typeNamed } from './team.ts'
import type { TeamType } from './team.ts'

/** How long super teams are left out once the app was found to have none. */
const SUPER_OFF_MS = 3_600_000

/** What an id stands for. */
export interface Place {
  readonly tid: string
  /** Null: not known, both types are to be tried. */
  readonly type: TeamType | null
  /** True where the id can stand for this one type alone. */
  readonly sole: boolean
}

/** What is learned of types along the way, as long as the adapter lives. */
export interface Known {
  /** Null when the id can be no team's. */
  place(hint: GroupHint): Place | null
  /** A super team goes by this id. */
  isSuper(groupId: string): void
  /** Whether an advanced team has these digits too; undefined when nobody has asked yet. */
  readonly sharedWithAdvanced: Map<string, boolean>
  superOff(): boolean
  /** The vendor said 108311: no super team is asked for in the next hour. */
  superRefused(): void
}

/**
 * The type of an id: its own prefix, else the type that it is stored under, else what the lists have shown. The stored
 * type goes first, so that no other team that may turn up with the same digits is ever taken for the known one.
 */
export function createKnown(clock: Clock): Known {
  const supers = new Set<string>()
  const shared = new Map<string, boolean>()
  let offUntil = Number.NEGATIVE_INFINITY
  return {
    place({ groupId, type: name }) {
      const tid = tidOfGroup(groupId)
      if (tid === null) return null
      if (hasPrefix(groupId)) {
        shared.set(tid, true) // a stored `super/ID` leaves the digits alone to the advanced team, also when that one is gone
        return { tid, type: 2, sole: true }
      }
      const isShared = shared.get(tid) === true
      const stored = typeNamed(name)
      if (stored !== null) return { tid, type: stored, sole: isShared }
      if (isShared) return { tid, type: 1, sole: true }
      return { tid, type: supers.has(groupId) ? 2 : null, sole: false }
    },
    isSuper: (groupId) => void supers.add(groupId),
    sharedWithAdvanced: shared,
    superOff: () => clock.now() < offUntil,
    superRefused() {
      offUntil = clock.now() + SUPER_OFF_MS
    },
  }
}
