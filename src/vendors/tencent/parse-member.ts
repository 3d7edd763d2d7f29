import type { BadRecord, JsonObject, Member, Millis } from '../../core/member.ts'
import { isStorableId, pgText } from '../../core/text.ts'
import { isRaw, listOf } from '../raw.ts'
import type { Raw } from '../raw.ts'
import { customOf } from './custom.ts'
import { muteOf, roleOf, timeOf } from './words.ts'

export interface MemberRules {
  /** The time of the read: a mute that ended before it is none. */
  readonly now: Millis
  /** The custom fields to keep; undefined: all. */
  readonly custom: ReadonlySet<string> | undefined
}

/** The rows of a `MemberList` (T3.3, T3.4), those that cannot be understood apart. */
export function parseMembers(list: unknown, rules: MemberRules): { rows: Member[]; bad: BadRecord[] } {
  const rows: Member[] = []
  const bad: BadRecord[] = []
  for (const item of listOf(list)) {
    const parsed = parseMember(item, rules)
    if ('reason' in parsed) bad.push(parsed)
    else rows.push(parsed)
  }
  return { rows, bad }
}

/**
 * One member. Unknown fields are ignored; account and role are required; `MuteUntil` and its old name `ShutUpUntil` are
 * read. `attributes` is `{msg_flag, custom: {…}}`, `live` is `{msg_seq}`, see fields.ts.
 */
export function parseMember(raw: unknown, { now, custom }: MemberRules): Member | BadRecord {
  if (!isRaw(raw)) return { accountId: null, field: 'MemberList', reason: 'the row is not an object' }
  const accountId = raw['Member_Account']
  if (typeof accountId !== 'string' || !isStorableId(accountId)) {
    return { accountId: null, field: 'Member_Account', reason: `${shown(accountId)} is not an account id` }
  }
  const bad = (field: string, says: string): BadRecord => ({
    accountId,
    field,
    reason: `${shown(raw[field])} is not ${says}`,
  })
  const role = roleOf(raw['Role'])
  if (role === undefined) return bad('Role', 'Owner, Admin or Member')
  const joinedAt = timeOf(raw['JoinTime'])
  if (joinedAt === undefined) return bad('JoinTime', 'a time in seconds')
  const lastSpokeAt = timeOf(raw['LastSendMsgTime'])
  if (lastSpokeAt === undefined) return bad('LastSendMsgTime', 'a time in seconds')
  const muteField = raw['MuteUntil'] === undefined ? 'ShutUpUntil' : 'MuteUntil'
  const mutedUntil = muteOf(raw[muteField], now)
  if (mutedUntil === undefined) return bad(muteField, 'a time in seconds')
  const nameCard = raw['NameCard']
  return {
    accountId,
    role,
    nameCard: typeof nameCard === 'string' && nameCard !== '' ? pgText(nameCard) : null,
    mutedUntil,
    joinedAt: raw['JoinTime'] === undefined ? undefined : joinedAt,
    lastSpokeAt,
    attributes: attributesOf(raw, custom),
    live: typeof raw['MsgSeq'] === 'number' ? { msg_seq: raw['MsgSeq'] } : null,
  }
}

function attributesOf(raw: Raw, wanted: ReadonlySet<string> | undefined): JsonObject | null {
  const flag = raw['MsgFlag']
  const custom = customOf(raw['AppMemberDefinedData'], wanted)
  if (typeof flag !== 'string' || flag === '') return custom === undefined ? null : { custom }
  return custom === undefined ? { msg_flag: pgText(flag) } : { msg_flag: pgText(flag), custom }
}

/** A value for a message: short, in one line. */
function shown(value: unknown): string {
  return pgText((JSON.stringify(value) ?? 'nothing').slice(0, 60))
}
