import { VendorError } from '../core/errors.ts'
import type { GroupAnswer, GroupHint } from '../core/group.ts'
import type { Vendor } from '../vendors/types.ts'
import { isStop } from './faults.ts'

/**
 * The details of a batch: one answer for each asked id. A batch refused as too large is halved, down to one group, which
 * is then asked for without its members. What is not answered, or answered with "bad id" though it was seen before, is
 * asked alone: only the vendor's word for that very id counts.
 */
export async function readDetails(
  vendor: Vendor,
  batch: readonly GroupHint[],
  signal: AbortSignal,
): Promise<readonly GroupAnswer[]> {
  const answers = await inHalves(vendor, batch, signal)
  const hints = new Map(batch.map((hint) => [hint.groupId, hint]))
  return Promise.all(
    answers.map(async (answer) => {
      const hint = hints.get(idOf(answer))
      if (hint === undefined || !isDoubtful(answer, hint, batch.length === 1)) return settled(answer, hint)
      const [alone] = await inHalves(vendor, [hint], signal)
      return settled(alone ?? answer, hint)
    }),
  )
}

/** Not answered, or said to be malformed though it was seen before: only the same answer to this id alone, again, counts. */
function isDoubtful(answer: GroupAnswer, hint: GroupHint, askedAlone: boolean): boolean {
  if (answer.kind === 'badId' && hint.known === true) return true
  return !askedAlone && (answer.kind === 'missing' || answer.kind === 'badId')
}

export const idOf = (answer: GroupAnswer): string => (answer.kind === 'found' ? answer.group.groupId : answer.groupId)

/** What an answer about one group comes to: an id that nobody has ever seen at the vendor cannot be gone. */
function settled(answer: GroupAnswer, hint: GroupHint | undefined): GroupAnswer {
  const groupId = idOf(answer)
  if (answer.kind === 'missing') return { kind: 'failed', groupId, reason: 'the vendor does not answer for this id' }
  if (answer.kind !== 'badId' && answer.kind !== 'gone') return answer
  return hint?.known === true
    ? { kind: 'gone', groupId, reason: answer.reason }
    : {
        kind: 'failed',
        groupId,
        reason: `there is no such group (${answer.reason}): check the id, or take it out of discover.groups`,
      }
}

async function inHalves(
  vendor: Vendor,
  batch: readonly GroupHint[],
  signal: AbortSignal,
): Promise<readonly GroupAnswer[]> {
  try {
    return await vendor.details(batch, signal)
  } catch (error) {
    if (!(error instanceof VendorError) || isStop(error)) throw error
    const [only] = batch
    if (error.fault === 'tooBig' && batch.length > 1) {
      const half = Math.ceil(batch.length / 2)
      const first = await inHalves(vendor, batch.slice(0, half), signal)
      return [...first, ...(await inHalves(vendor, batch.slice(half), signal))]
    }
    if (error.fault === 'tooBig' && only !== undefined && only.memberCount !== Number.POSITIVE_INFINITY) {
      return inHalves(vendor, [{ ...only, memberCount: Number.POSITIVE_INFINITY }], signal)
    }
    const kind = oneGroup(batch) ? groupFault(error) : 'failed'
    return batch.map(({ groupId }) => ({ kind, groupId, reason: error.message }))
  }
}

const oneGroup = (batch: readonly GroupHint[]): boolean => batch.length === 1

/** An error of a call about one group alone, as an answer about that group. */
export function groupFault(error: VendorError): 'gone' | 'badId' | 'forbidden' | 'failed' {
  switch (error.fault) {
    case 'gone':
    case 'badId':
      return error.fault
    case 'forbidden':
    case 'unlistable':
    case 'notEnabled':
      return 'forbidden'
    default:
      return 'failed'
  }
}
