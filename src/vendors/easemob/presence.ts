import { VendorError } from '../../core/errors.ts'
import type { Fault } from '../../core/errors.ts'
import type { Group } from '../../core/group.ts'
import { slices } from '../raw.ts'
import type { Presence } from '../types.ts'
import type { Wire } from './wire.ts'

/** Calls under way at a time; the limiter sets the pace. */
const AT_A_TIME = 16

/** Refusals of the question itself: they say nothing about the account. */
const NO_WORD: ReadonlySet<Fault> = new Set(['gone', 'badId', 'accountGone', 'forbidden', 'notEnabled', 'bug'])

/**
 * `is_joined` (E3.5), one account a call: the vendor's direct word. `false` is `out`, and so is a 404 that says of this very
 * account and group that the one is not in the other; any other 404 is `unknown`, as it may be about the group.
 */
export async function confirm(
  wire: Wire,
  { groupId }: Group,
  accounts: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Presence>> {
  const found = new Map<string, Presence>()
  for (const part of slices([...new Set(accounts)], AT_A_TIME)) {
    const words = await Promise.all(part.map((account) => ask(wire, groupId, account, signal)))
    part.forEach((account, at) => found.set(account, words[at] ?? 'unknown'))
  }
  return found
}

async function ask(wire: Wire, groupId: string, accountId: string, signal: AbortSignal): Promise<Presence> {
  const account = accountId.toLowerCase()
  const path = `/chatgroups/${encodeURIComponent(groupId)}/user/${encodeURIComponent(account)}/is_joined`
  try {
    return await wire.ask('isJoined', path, { groupId, account }, signal, ({ body: { data } }) =>
      data === true ? 'in' : data === false ? 'out' : 'unknown',
    )
  } catch (error) {
    if (!(error instanceof VendorError)) throw error
    if (error.fault === 'memberGone') return 'out'
    if (NO_WORD.has(error.fault)) return 'unknown'
    throw error
  }
}
