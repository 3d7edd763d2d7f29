import type { Clock } from '../../core/clock.ts'
import { VendorError } from '../../core/errors.ts'
import type { Group } from '../../core/group.ts'
import type { Member, Millis } from '../../core/member.ts'
import { shown } from '../pick.ts'
import { isRaw } from '../raw.ts'
import { refuseRepeats } from '../repeats.ts'
import type { Endpoint, Wire } from './wire.ts'
import type { AccountOf } from './words.ts'
import { muteOf } from './words.ts'

/**
 * What the member list lacks (E3.4): admins and mutes, two calls. Whatever they refuse fails the group, for without them
 * every admin would look demoted. The owner stays the owner, whatever the list of admins says.
 */
export async function overlay(
  { wire, accountOf, clock }: { readonly wire: Wire; readonly accountOf: AccountOf; readonly clock: Clock },
  { groupId }: Group,
  signal: AbortSignal,
  kept: (accountId: string) => string = (accountId) => accountId,
): Promise<(member: Member) => Member> {
  const [admins, mutes] = await Promise.all([
    wholeList(wire, 'groupAdmins', groupId, 'admin', signal),
    wholeList(wire, 'groupMutes', groupId, 'mute', signal),
  ])
  const isAdmin = new Set(admins.map((row) => kept(accountOf(row) ?? unreadable(wire, 'groupAdmins', row))))
  const mutedUntil = new Map<string, Millis | null>()
  const now = clock.now()
  for (const row of mutes) {
    const account = isRaw(row) ? accountOf(row['user']) : undefined
    const until = isRaw(row) ? muteOf(row['expire'], now) : undefined
    if (account === undefined || until === undefined) return unreadable(wire, 'groupMutes', row)
    mutedUntil.set(kept(account), until)
  }
  if (isAdmin.size === 0 && mutedUntil.size === 0) return (member) => member
  return (member) => ({
    ...member,
    role: member.role !== 'owner' && isAdmin.has(member.accountId) ? 'admin' : member.role,
    mutedUntil: mutedUntil.get(member.accountId) ?? null,
  })
}

/** Every row of a short list. No paging of it is documented; a cursor is followed all the same. */
async function wholeList(wire: Wire, endpoint: Endpoint, groupId: string, last: string, signal: AbortSignal) {
  const rows: unknown[] = []
  const check = refuseRepeats(wire.caller.host, endpoint)
  const path = `/chatgroups/${encodeURIComponent(groupId)}/${last}`
  for (let query = ''; ; ) {
    const page = await wire.ask(endpoint, path + query, { groupId }, signal, (opened) => ({
      rows: opened.rows('data'),
      next: opened.cursor,
    }))
    rows.push(...page.rows)
    if (page.next === null) return rows
    check(page.next)
    query = `?cursor=${encodeURIComponent(page.next)}`
  }
}

function unreadable({ caller }: Wire, endpoint: Endpoint, row: unknown): never {
  throw new VendorError(`${caller.host} ${endpoint}: ${shown(row)} cannot be understood`, {
    fault: 'bug',
    code: 'row',
    endpoint,
  })
}
