import type { Clock } from '../core/clock.ts'
import { VendorError } from '../core/errors.ts'
import type { Group } from '../core/group.ts'
import type { Presence, Vendor } from '../vendors/types.ts'
import { isStop } from './faults.ts'
import { readByWalk } from './reading.ts'
import { rooms } from './room.ts'

export interface ConfirmDeps {
  readonly vendor: Vendor
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** The vendor contradicts itself: worth telling, and no reason to end a stay. */
export function unlisted(present: ReadonlySet<string>): string | null {
  const [one] = present
  if (one === undefined) return null
  return `${present.size} member(s) not listed, yet in by the vendor's direct word, e.g. ${one}: kept`
}

export interface Confirmed {
  readonly out: ReadonlySet<string>
  readonly in: ReadonlySet<string>
  /** Why the suspects could not all be cleared up; the read then ends no stay at all. */
  readonly doubt: string | null
}
export const CONFIRMED_NOBODY: Confirmed = { out: new Set(), in: new Set(), doubt: null }

export async function confirm(deps: ConfirmDeps, group: Group, suspects: readonly string[]): Promise<Confirmed> {
  try {
    const presence = await ask(deps, group, suspects)
    const having = (word: Presence) => new Set(suspects.filter((id) => (presence.get(id) ?? 'unknown') === word))
    const unknown = having('unknown').size
    const doubt =
      unknown === 0 ? null : `${unknown} of ${suspects.length} absent members could not be confirmed as gone`
    return { out: having('out'), in: having('in'), doubt }
  } catch (error) {
    if (!(error instanceof VendorError) || isStop(error)) throw error
    return { ...CONFIRMED_NOBODY, doubt: `${suspects.length} absent members not confirmed as gone: ${error.message}` }
  }
}

/** The vendor's direct word about each suspect; where it has none, a second complete walk decides. */
async function ask(
  deps: ConfirmDeps,
  group: Group,
  suspects: readonly string[],
): Promise<ReadonlyMap<string, Presence>> {
  const direct = (await deps.vendor.confirm?.(group, suspects, deps.signal)) ?? new Map<string, Presence>()
  const open = suspects.filter((id) => (direct.get(id) ?? 'unknown') === 'unknown')
  if (open.length === 0) return direct
  using room = rooms.enter()
  const second = await readByWalk(deps.vendor, group, deps.clock, deps.signal, { room })
  await using large = second.large
  const listed = large?.roster ?? new Set([...second.members].map((member) => member.accountId))
  const word = (id: string): Presence => (listed.has(id) ? 'in' : second.outcome === 'complete' ? 'out' : 'unknown')
  return new Map([...direct, ...open.map((id) => [id, word(id)] as const)])
}
