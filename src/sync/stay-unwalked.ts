import type { Pool } from 'pg'
import type { GroupAnswer } from '../core/group.ts'
import type { Millis } from '../core/member.ts'
import { mayStayUnwalked } from '../core/unwalked.ts'
import { type KnownGroup, storedPrints } from '../store/known.ts'
import type { SyncOptions } from './types.ts'

/** Who names groups or accounts, or approves, wants to know: null, everything is walked. */
export const fullEveryOf = ({ fullEveryMs = null }: FullEvery, { scope, approved }: SyncOptions): number | null =>
  scope === undefined && approved === undefined ? fullEveryMs : null
type FullEvery = { readonly fullEveryMs?: number | null | undefined }

/**
 * The groups whose members need not be walked (see core/unwalked.ts). Where the details say who is in, those must be the
 * ones who are stored; where they carry some of the member rows, the group is walked.
 *
 * @param fullEveryMs null: every group is walked
 */
export async function stayUnwalked(
  pool: Pool,
  known: ReadonlyMap<string, KnownGroup>,
  answers: readonly GroupAnswer[],
  beganAt: Millis,
  fullEveryMs: number | null,
): Promise<ReadonlySet<string>> {
  if (fullEveryMs === null) return new Set()
  const still = answers.flatMap((answer) => {
    if (answer.kind !== 'found' || answer.members !== null) return []
    const { group, roster } = answer
    const stored = known.get(group.groupId)
    if (stored === undefined || !mayStayUnwalked(group, stored, beganAt, fullEveryMs)) return []
    return [{ groupId: group.groupId, groupNo: stored.groupNo, roster }]
  })
  const rolls = await storedPrints(
    pool,
    still.flatMap(({ groupNo, roster }) => (roster === undefined ? [] : [groupNo])),
  )
  const same = still.filter(({ groupNo, roster }) => {
    const stored = rolls.get(groupNo)
    return roster === undefined || roster.every(({ accountId }) => stored?.has(accountId) === true)
  })
  return new Set(same.map(({ groupId }) => groupId))
}
