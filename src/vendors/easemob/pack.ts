import type { GroupHint } from '../../core/group.ts'

/** Ids a detail call takes (E3.3). */
const GROUPS_A_CALL = 100
/** The most affiliations that come along with one group (S3). */
const AFFILIATIONS_A_GROUP = 10_000
/** Affiliations expected in one answer: some 35 bytes each, so that it stays below 1 MB. */
const AFFILIATIONS_A_CALL = 20_000
const UNKNOWN_MEMBERS = 50
/** What the vendor's SDK takes for a group id. */
const GROUP_ID = /^[1-9]\d{0,18}$/

/**
 * Batches for `details`, by number and by the affiliations expected along: they cannot be left out. Small groups first,
 * so that a hundred of them go together. What does not look like an id goes alone and spoils nobody's batch.
 */
export function pack(hints: readonly GroupHint[]): GroupHint[][] {
  const odd = hints.filter(({ groupId }) => !GROUP_ID.test(groupId)).map((hint) => [hint])
  const sized = hints
    .filter(({ groupId }) => GROUP_ID.test(groupId))
    .map((hint) => ({ hint, rows: Math.min(hint.memberCount ?? UNKNOWN_MEMBERS, AFFILIATIONS_A_GROUP) }))
    .sort((a, b) => a.rows - b.rows)
  const batches: GroupHint[][] = []
  let batch: GroupHint[] = []
  let room = 0
  for (const { hint, rows } of sized) {
    if (batches.length === 0 || batch.length === GROUPS_A_CALL || rows > room) {
      batch = []
      batches.push(batch)
      room = AFFILIATIONS_A_CALL
    }
    batch.push(hint)
    room -= rows
  }
  return [...batches, ...odd]
}
