import type { BadRecord, Member, Role } from '../../core/member.ts'
import { shown, sorted } from '../pick.ts'
import { isRaw } from '../raw.ts'
import type { AccountOf } from './words.ts'
import { timeOf } from './words.ts'

/**
 * The rows of one page, those that cannot be understood apart. Admins look like members here, and nobody's mute shows: the
 * overlay lays both over. Who comes as owner and as member in one page is the owner in both rows.
 */
export function parseMembers(
  list: readonly unknown[],
  ownerId: string | null,
  accountOf: AccountOf,
): { rows: Member[]; bad: BadRecord[] } {
  const { rows, bad } = sorted(list, (row) => parseMember(row, ownerId, accountOf))
  const owner = rows.findLast(({ role }) => role === 'owner')
  return { rows: rows.map((row) => (owner?.accountId === row.accountId ? owner : row)), bad }
}

/**
 * One row: `{owner}` or `{member}`, with `joined_time` in ms where the server knows that parameter. A bare text, as an
 * undocumented form of the call gives, is an account whose role is known by the group's owner alone.
 * A time that is none of this product's life (the documents have one of 12 digits) is taken as not carried.
 */
export function parseMember(raw: unknown, ownerId: string | null, accountOf: AccountOf): Member | BadRecord {
  if (!isRaw(raw)) {
    const accountId = accountOf(raw)
    if (accountId === undefined) return { accountId: null, field: 'data', reason: `${shown(raw)} is not a member` }
    return member(accountId, accountId === ownerId ? 'owner' : 'member', undefined)
  }
  const { owner, member: other, joined_time: joinedTime } = raw
  const field = present(owner) ? 'owner' : 'member'
  const accountId = accountOf(raw[field])
  if (accountId === undefined) return { accountId: null, field, reason: `${shown(raw)} names no account` }
  if (present(owner) && present(other) && accountOf(other) !== accountId)
    return { accountId, field: 'member', reason: `${shown(raw)} names two accounts` }
  return member(accountId, field, timeOf(joinedTime))
}

const present = (value: unknown): boolean => value !== undefined && value !== null

function member(accountId: string, role: Role, joinedAt: Member['joinedAt']): Member {
  return {
    accountId,
    role,
    nameCard: null,
    mutedUntil: null,
    joinedAt,
    lastSpokeAt: null,
    attributes: null,
    live: null,
  }
}
