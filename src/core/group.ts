import type { JsonObject, Member, BadRecord, Millis } from './member.ts'

/** How people may enter, one meaning for the three vendors. */
export const JOIN_MODES = ['free', 'approval', 'closed'] as const
export type JoinMode = (typeof JOIN_MODES)[number]

/** A group as its details call shows it. `null` everywhere: the vendor says there is none, or does not say. */
export interface Group {
  readonly groupId: string
  /** The vendor's word in its one normal form (interface.md, section 4: `Private`, `Public`, … `public`, `super`). */
  readonly type: string
  readonly name: string | null
  readonly ownerId: string | null
  readonly memberCount: number | null
  readonly maxMembers: number | null
  readonly muteAll: boolean | null
  readonly joinMode: JoinMode | null
  readonly createdAt: Millis | null
  /** Vendor-only fields that make history. */
  readonly attributes: JsonObject | null
  /** Vendor-only fields that change all the time; kept current, no history. */
  readonly live: JsonObject | null
}

/** What is known of a group before its details are read: from a list, from the database, or just an id. */
export interface GroupHint {
  readonly groupId: string
  readonly type?: string | null
  readonly memberCount?: number | null
  /** False for an id nobody has seen at the vendor yet (only configured): a "bad id" answer then is not "gone". */
  readonly known?: boolean
  /** The crawled account's own membership, where the joined-group list carries it. */
  readonly self?: Member
}

/** The vendor's answer about one group of a details call. Every asked id gets exactly one. */
export type GroupAnswer =
  | {
      readonly kind: 'found'
      readonly group: Group
      /** The member rows that came along; null when none were asked or none came. Complete only if they prove it. */
      readonly members: readonly Member[] | null
      readonly bad: readonly BadRecord[]
      /**
       * Everybody who is in, by this one answer and proven by its own count, where its rows lack fields that only the
       * member pages carry (`joinedAt` undefined). Absent where `members` says it all or nothing is proven.
       */
      readonly roster?: readonly Member[]
    }
  /** The vendor's direct word, for this very id, that the group is no more. */
  | { readonly kind: 'gone'; readonly groupId: string; readonly reason: string }
  /** The id is malformed or unknown. Gone only if the group was seen before and the answer repeats when asked alone. */
  | { readonly kind: 'badId'; readonly groupId: string; readonly reason: string }
  | { readonly kind: 'forbidden'; readonly groupId: string; readonly reason: string }
  | { readonly kind: 'failed'; readonly groupId: string; readonly reason: string }
  /** Not answered at all: a suspect, to be asked alone. */
  | { readonly kind: 'missing'; readonly groupId: string }

/**
 * How a read of one group ended. Only `complete` and `gone` may end a stay. `unwalked`: the details alone were read, and
 * nothing in them had changed.
 */
export const OUTCOMES = ['complete', 'partial', 'gone', 'forbidden', 'unlistable', 'failed', 'unwalked'] as const
export type Outcome = (typeof OUTCOMES)[number]
