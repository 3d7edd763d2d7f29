import type { GroupEvent } from './group-events.ts'
import type { EditKind } from './diff.ts'
import type { JsonObject, Millis } from './member.ts'

/** A row of `member_changes`, or of `group_changes` with `accountId` null. */
export interface Change {
  /** Null in a dry run, where nothing is written. */
  readonly id: string | null
  readonly source: string
  readonly groupId: string
  readonly accountId: string | null
  readonly kind: 'joined' | 'left' | EditKind | GroupEvent['kind']
  readonly at: Millis
  readonly notBefore: Millis | null
  readonly notAfter: Millis | null
  readonly old: JsonObject | null
  readonly new: JsonObject | null
  readonly runId: number | null
  /** Known from an import alone: no run saw it, and it is not proven. */
  readonly imported?: boolean
}
