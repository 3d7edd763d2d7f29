import type { GroupAnswer, GroupHint } from '../../core/group.ts'
import { teamInfo } from './info.ts'
import type { Word } from './info.ts'
import type { Known, Place } from './known.ts'
import { TYPE_NAMES } from './team.ts'
import type { TeamType } from './team.ts'
import type { Wire } from './wire.ts'

/** What the vendor says of one id, all types that it may have considered. */
export type Verdict =
  | { readonly kind: 'found'; readonly type: TeamType; readonly raw: Extract<Word, { kind: 'found' }>['raw'] }
  | Extract<GroupAnswer, { readonly kind: 'gone' | 'forbidden' | 'failed' }>

export interface AloneRules {
  readonly wire: Wire
  readonly known: Known
  readonly teamTypes: readonly TeamType[]
}

/**
 * Asks for one id alone. What answers under wrong types is unknown (U15), so that a team counts as gone only when every
 * type that it may have says 108404 or is not enabled. 108302 sends the question to the other type and ends nothing.
 */
export async function askAlone(
  rules: AloneRules,
  hint: GroupHint,
  place: Place,
  signal: AbortSignal,
): Promise<Verdict> {
  const { wire, known, teamTypes } = rules
  const { groupId } = hint
  const { tid } = place
  const type = place.type ?? teamTypes[0] ?? 1
  const first = await teamInfo(wire, known, { type, tid }, signal)
  if (first.kind === 'found') return { kind: 'found', type, raw: first.raw }
  if (first.kind === 'off') return { kind: 'forbidden', groupId, reason: first.reason }
  if (first.kind === 'odd') return { kind: 'failed', groupId, reason: first.reason }
  const other: TeamType = type === 1 ? 2 : 1
  if (place.sole || !teamTypes.includes(other)) return withoutOther(first, groupId, other)
  const second = await teamInfo(wire, known, { type: other, tid }, signal)
  return ofBoth({ first, second, other, hint, stored: place.type !== null })
}

function withoutOther(first: Exclude<Word, { kind: 'found' }>, groupId: string, other: TeamType): Verdict {
  if (first.kind === 'absent') return { kind: 'gone', groupId, reason: first.reason }
  const reason = `${first.reason}; team type ${other} (${TYPE_NAMES[other]}) is not asked for`
  return { kind: 'failed', groupId, reason }
}

/** What the second question makes of the first one's `absent` or `otherType`. */
function ofBoth(asked: {
  readonly first: Exclude<Word, { kind: 'found' }>
  readonly second: Word
  readonly other: TeamType
  readonly hint: GroupHint
  /** The id is known under the type of the first question. */
  readonly stored: boolean
}): Verdict {
  const { first, second, other, stored } = asked
  const { groupId, known } = asked.hint
  const failed = (reason: string): Verdict => ({ kind: 'failed', groupId, reason })
  const absent = first.kind === 'absent'
  switch (second.kind) {
    case 'found':
      // 108404 for the stored type and a team under the other: one team that changed, or another one? Neither is written.
      if (absent && stored)
        return failed(`${first.reason}; but there is a team of type ${TYPE_NAMES[other]} with this id`)
      return { kind: 'found', type: other, raw: second.raw }
    case 'absent':
      return absent ? { kind: 'gone', groupId, reason: first.reason } : failed(`${first.reason}; ${second.reason}`)
    case 'off':
      if (!absent) return { kind: 'forbidden', groupId, reason: second.reason }
      // Whoever is seen and of no known type may be one of the super teams that cannot be asked for.
      if (known === true && !stored) return failed(`${first.reason}; ${second.reason}`)
      return { kind: 'gone', groupId, reason: first.reason }
    case 'otherType':
    case 'odd':
      return failed(`${first.reason}; ${second.reason}`)
  }
}
