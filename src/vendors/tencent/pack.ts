import type { GroupHint } from '../../core/group.ts'
import { slices } from '../raw.ts'
import type { Sizes } from './sizes.ts'
import { ANSWER_BUDGET } from './sizes.ts'

/** `get_group_info` takes 50 ids (T3.3). */
export const GROUPS_A_CALL = 50
/** How many half-full batches are looked at for one more group: enough for a near-minimal number, and linear. */
const OPEN_BATCHES = 64

/**
 * Batches for `details`: groups whose members come along, by number and by expected bytes, largest first into the first
 * batch with room; and those without members, by number alone. The latter come first, as a walk follows each of them.
 */
export function pack(hints: readonly GroupHint[], sizes: Sizes): GroupHint[][] {
  const along: GroupHint[] = []
  const bare: GroupHint[] = []
  for (const hint of hints) (sizes.along(hint) ? along : bare).push(hint)
  return [...slices(bare, GROUPS_A_CALL), ...firstFit(along, (hint) => sizes.bytes(hint))]
}

function firstFit(hints: readonly GroupHint[], bytesOf: (hint: GroupHint) => number): GroupHint[][] {
  const sized = hints.map((hint) => ({ hint, bytes: bytesOf(hint) })).sort((a, b) => b.bytes - a.bytes)
  const least = sized.at(-1)?.bytes ?? 0
  const batches: GroupHint[][] = []
  let open: { batch: GroupHint[]; room: number }[] = []
  for (const { hint, bytes } of sized) {
    let target = open.find(({ room }) => room >= bytes)
    if (target === undefined) {
      target = { batch: [], room: ANSWER_BUDGET }
      batches.push(target.batch)
      open.push(target)
      if (open.length > OPEN_BATCHES) open.shift()
    }
    target.batch.push(hint)
    target.room -= bytes
    if (target.batch.length === GROUPS_A_CALL || target.room < least) open = open.filter((one) => one !== target)
  }
  return batches
}
