import { VendorError } from '../core/errors.ts'
import type { Group, GroupAnswer, GroupHint } from '../core/group.ts'
import type { Names } from '../core/pseudonym.ts'
import type { Presence, Vendor } from '../vendors/types.ts'

/**
 * A vendor whose answers are masked as soon as they are parsed: whatever is fingerprinted, compared, kept on the way or
 * written has the names under which accounts are kept. Calls are made with the vendor's own names, so far as those are
 * known: of an account whose name is not, the vendor cannot be asked for its direct word, and a second walk decides.
 */
export function maskedVendor(vendor: Vendor, names: Names): Vendor {
  /** The groups as the vendor shows them, for the calls that go by the owner. */
  const clearGroups = new WeakMap<Group, Group>()
  const clearGroup = (group: Group): Group => clearGroups.get(group) ?? group

  function group(shown: Group): Group {
    if (shown.ownerId === null) return shown
    const ownerId = names.of(shown.ownerId)
    if (ownerId === shown.ownerId) return shown
    const masked = { ...shown, ownerId }
    clearGroups.set(masked, shown)
    return masked
  }
  function answer(found: GroupAnswer): GroupAnswer {
    if (found.kind === 'missing') return found
    if (found.kind !== 'found') return { ...found, reason: names.sentence(found.reason) }
    return {
      ...found,
      group: group(found.group),
      members: found.members?.map(names.member) ?? null,
      bad: found.bad.map(names.bad),
      ...(found.roster === undefined ? {} : { roster: found.roster.map(names.member) }),
    }
  }
  const hint = ({ self, ...rest }: GroupHint): GroupHint =>
    self === undefined ? rest : { ...rest, self: names.member(self) }

  async function* joinedGroups(kept: string, signal: AbortSignal): AsyncGenerator<readonly GroupHint[]> {
    const accountId = names.clear(kept)
    if (accountId === null) throw nameless(kept)
    try {
      for await (const page of vendor.joinedGroups(accountId, signal)) yield page.map(hint)
    } catch (error) {
      throw masked(error, names)
    }
  }
  async function confirm(shown: Group, accounts: readonly string[], signal: AbortSignal) {
    const clear = new Map(accounts.map((kept) => [names.clear(kept), kept]))
    const known = [...clear.keys()].filter((accountId) => accountId !== null)
    if (known.length === 0 || vendor.confirm === undefined) return new Map<string, Presence>()
    const said = await vendor.confirm(clearGroup(shown), known, signal)
    return new Map([...said].map(([accountId, word]) => [clear.get(accountId) ?? accountId, word]))
  }
  return {
    ...vendor,
    joinedGroups,
    details: (batch, signal) => unnamed(names, async () => (await vendor.details(batch, signal)).map(answer)),
    memberPage: (shown, position, size, signal) =>
      unnamed(names, async () => {
        const page = await vendor.memberPage(clearGroup(shown), position, size, signal)
        return { ...page, rows: page.rows.map(names.member), bad: page.bad.map(names.bad) }
      }),
    ...(vendor.overlay === undefined
      ? {}
      : { overlay: (shown, signal) => unnamed(names, () => overlayOf(vendor, clearGroup(shown), names, signal)) }),
    ...(vendor.confirm === undefined
      ? {}
      : { confirm: (shown, accounts, signal) => unnamed(names, () => confirm(shown, accounts, signal)) }),
  }
}

async function overlayOf(vendor: Vendor, group: Group, names: Names, signal: AbortSignal) {
  const lay = await vendor.overlay?.(group, signal, (accountId) => names.of(accountId))
  return lay ?? ((member) => member)
}

/** What a call throws, without names. */
async function unnamed<T>(names: Names, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw masked(error, names)
  }
}

function masked(error: unknown, names: Names): unknown {
  if (!(error instanceof VendorError)) return error
  const message = names.sentence(error.message)
  if (message === error.message) return error
  const { fault, code, endpoint, waitMs } = error
  return new VendorError(message, { fault, code, endpoint, waitMs })
}

/** No partial read of the source: its groups are known by other ways, and it is said once. */
const nameless = (kept: string): VendorError =>
  new VendorError(
    `account ${kept} is known by its pseudonym alone, so its list of groups was not asked for; groups in which it is known were read`,
    { fault: 'accountGone', code: 'pseudonym', endpoint: 'joinedGroups' },
  )
