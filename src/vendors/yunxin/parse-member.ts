import type { BadRecord, Json, JsonObject, Member } from '../../core/member.ts'
import { isStorableId } from '../../core/text.ts'
import { orNull, pick, shown, sorted, textOf } from '../pick.ts'
import { isRaw } from '../raw.ts'
import type { Raw } from '../raw.ts'
import { INVITOR, LIVE_TIME, MEMBER_HISTORY } from './fields.ts'
import { roleOf, timeOf, yesNo } from './words.ts'

/** The rows of a member list (Y3.4), those that cannot be understood apart. */
export function parseMembers(list: unknown): { rows: Member[]; bad: BadRecord[] } {
  return sorted(list, parseMember)
}

/**
 * One member. Unknown fields are ignored; account and role are required. Accounts are written in lower case, the vendor
 * ignores case. `chat_banned` is a yes or no: the end of a mute is not given, so a mute is for ever until it is gone.
 */
export function parseMember(raw: unknown): Member | BadRecord {
  if (!isRaw(raw)) return { accountId: null, field: 'items', reason: 'the row is not an object' }
  const accountId = accountOf(raw['account_id'])
  if (accountId === null) {
    return { accountId: null, field: 'account_id', reason: `${shown(raw['account_id'])} is not an account id` }
  }
  const bad = (field: string, says: string): BadRecord => ({
    accountId,
    field,
    reason: `${shown(raw[field])} is not ${says}`,
  })
  const role = roleOf(raw['member_role'])
  if (role === undefined) return bad('member_role', '0 (member), 1 (owner) or 2 (manager)')
  const joinedAt = timeOf(raw['join_time'])
  if (joinedAt === undefined) return bad('join_time', 'a time in milliseconds')
  const muted = yesNo(raw['chat_banned'])
  if (muted === undefined) return bad('chat_banned', 'true or false')
  const updatedAt = timeOf(raw[LIVE_TIME])
  return {
    accountId,
    role,
    nameCard: textOf(raw['team_nick']),
    mutedUntil: muted ? Number.POSITIVE_INFINITY : null,
    joinedAt: raw['join_time'] === undefined ? undefined : joinedAt,
    lastSpokeAt: null,
    attributes: attributesOf(raw),
    live: typeof updatedAt === 'number' ? { [LIVE_TIME]: new Date(updatedAt).toISOString() } : null,
  }
}

/** An account id in lower case, null for what is none. */
export function accountOf(value: unknown): string | null {
  return typeof value === 'string' && isStorableId(value) ? value.toLowerCase() : null
}

function attributesOf(raw: Raw): JsonObject | null {
  const attributes: Record<string, Json> = pick(raw, MEMBER_HISTORY)
  const invitor = accountOf(raw[INVITOR])
  if (invitor !== null) attributes[INVITOR] = invitor
  return orNull(attributes)
}
