import type { BadRecord, JsonObject, Member, Millis } from '../../core/member.ts'
import { isStorableId, pgText } from '../../core/text.ts'
import { shown, sorted, textOf } from '../pick.ts'
import { isRaw } from '../raw.ts'
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
  return sorted(list, (row) => parseMember(row, rules))
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
  const role = roleOf(raw['Role'])
  if (role === undefined) return bad(raw, accountId, 'Role', 'Owner, Admin or Member')
  const joinedAt = timeOf(raw['JoinTime'])
  if (joinedAt === undefined) return bad(raw, accountId, 'JoinTime', 'a time in seconds')
  const lastSpokeAt = timeOf(raw['LastSendMsgTime'])
  if (lastSpokeAt === undefined) return bad(raw, accountId, 'LastSendMsgTime', 'a time in seconds')
  const muteField = raw['MuteUntil'] === undefined ? 'ShutUpUntil' : 'MuteUntil'
  const mutedUntil = muteOf(raw[muteField], now)
  if (mutedUntil === undefined) return bad(raw, accountId, muteField, 'a time in seconds')
  return {
    accountId,
    role,
    nameCard: textOf(raw['NameCard']),
    mutedUntil,
    joinedAt: raw['JoinTime'] === undefined ? undefined : joinedAt,
    lastSpokeAt,
    attributes: attributesOf(raw, custom),
    live: typeof raw['MsgSeq'] === 'number' ? { msg_seq: raw['MsgSeq'] } : null,
  }
}

function bad(raw: Raw, accountId: string, field: string, says: string): BadRecord {
  return { accountId, field, reason: `${shown(raw[field])} is not ${says}` }
}

/** Nearly all members have one of four flags and nothing else: they share one object each. */
const FLAGS = new Map<string, JsonObject>()
const MOST_FLAGS = 16

function onlyFlag(flag: string): JsonObject {
  const known = FLAGS.get(flag)
  if (known !== undefined) return known
  const attributes = Object.freeze({ msg_flag: pgText(flag) })
  if (FLAGS.size < MOST_FLAGS) FLAGS.set(flag, attributes)
  return attributes
}

function attributesOf(raw: Raw, wanted: ReadonlySet<string> | undefined): JsonObject | null {
  const flag = raw['MsgFlag']
  const custom = customOf(raw['AppMemberDefinedData'], wanted)
  if (typeof flag !== 'string' || flag === '') return custom === undefined ? null : { custom }
  return custom === undefined ? onlyFlag(flag) : { msg_flag: pgText(flag), custom }
}
