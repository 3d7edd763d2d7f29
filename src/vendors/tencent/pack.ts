import type { GroupHint } from '../../core/group.ts'
import { slices } from '../raw.ts'
import type { Sizes } from './sizes.ts'
import { ANSWER_BUDGET } from './sizes.ts'

/** `get_group_info` takes 50 ids (T3.3). */
export const GROUPS_A_CALL = 50
/** So many groups are dealt out together: near the fewest batches, and linear in all of them. */
const DEALT_AT_ONCE = 2000

/**
 * Batches for `details`: groups whose members come along, by number and by expected bytes, largest first into the
 * batch with the most room; and those without members, by number alone. The latter come first, as a walk follows each of them.
 */
export function pack(hints: readonly GroupHint[], sizes: Sizes): GroupHint[][] {
  const along: GroupHint[] = []
  const bare: GroupHint[] = []
  for (const hint of hints) (sizes.along(hint) ? along : bare).push(hint)
  return [
    ...slices(bare, GROUPS_A_CALL),
    ...slices(along, DEALT_AT_ONCE).flatMap((part) => deal(part, (hint) => sizes.bytes(hint))),
  ]
}

function deal(hints: readonly GroupHint[], bytesOf: (hint: GroupHint) => number): GroupHint[][] {
  const sum = (some: readonly GroupHint[]) => some.reduce((bytes, hint) => bytes + bytesOf(hint), 0)
  const plain = slices(hints, GROUPS_A_CALL)
  if (plain.every((batch) => sum(batch) <= ANSWER_BUDGET)) return plain
  const sized = hints.map((hint) => ({ hint, bytes: bytesOf(hint) })).sort((a, b) => b.bytes - a.bytes)
  const total = sum(hints)
  const fewest = Math.max(Math.ceil(hints.length / GROUPS_A_CALL), Math.ceil(total / ANSWER_BUDGET))
  const batches = Array.from({ length: fewest }, () => ({ hints: [] as GroupHint[], room: ANSWER_BUDGET }))
  for (const { hint, bytes } of sized) {
    let target = batches[0]
    for (const batch of batches) if (batch.room > (target?.room ?? 0)) target = batch
    if (target === undefined || target.room < bytes) batches.push((target = { hints: [], room: ANSWER_BUDGET }))
    target.hints.push(hint)
    // A full batch has no room for anything.
    target.room = target.hints.length === GROUPS_A_CALL ? 0 : target.room - bytes
  }
  return batches.map((batch) => batch.hints).filter((batch) => batch.length > 0)
}
