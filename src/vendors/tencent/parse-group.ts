import type { Group } from '../../core/group.ts'
import type { Json } from '../../core/member.ts'
import { isStorableId, pgText } from '../../core/text.ts'
import { orNull, pick, textOf } from '../pick.ts'
import { countOf } from '../raw.ts'
import type { Raw } from '../raw.ts'
import { customOf } from './custom.ts'
import { GROUP_HISTORY, GROUP_LIVE, GROUP_LIVE_TIMES } from './fields.ts'
import { joinModeOf, normalType, timeOf } from './words.ts'

/**
 * One `GroupInfo` element that is no error (T3.3), or the reason why it cannot be understood. `GroupId` and `Type` are
 * required; everything else may be missing. `MuteAllMember` and its old name `ShutUpAllMember` are read.
 *
 * @param custom the custom fields to keep; they come under `attributes.custom`
 */
export function parseGroup(raw: Raw, custom: ReadonlySet<string>): Group | string {
  const { GroupId: groupId, Type: type, Owner_Account: owner } = raw
  if (typeof groupId !== 'string' || !isStorableId(groupId)) return 'GroupId is not a group id'
  if (typeof type !== 'string' || type.trim() === '') return 'the group has no Type'
  if (typeof owner === 'string' && owner !== '' && !isStorableId(owner)) return 'Owner_Account is not an account id'
  const attributes = pick(raw, GROUP_HISTORY)
  const fields = customOf(raw['AppDefinedData'], custom)
  if (fields !== undefined) attributes['custom'] = fields
  return {
    groupId,
    type: pgText(normalType(type)),
    name: textOf(raw['Name']),
    ownerId: textOf(owner),
    memberCount: countOf(raw['MemberNum']),
    maxMembers: countOf(raw['MaxMemberNum']),
    muteAll: onOff(raw['MuteAllMember'] ?? raw['ShutUpAllMember']),
    joinMode: joinModeOf(raw['ApplyJoinOption']),
    createdAt: timeOf(raw['CreateTime']) ?? null,
    attributes: orNull(attributes),
    live: orNull(liveOf(raw)),
  }
}

function liveOf(raw: Raw): Record<string, Json> {
  const live = pick(raw, GROUP_LIVE)
  for (const [key, name] of Object.entries(GROUP_LIVE_TIMES)) {
    const time = timeOf(raw[name])
    if (typeof time === 'number') live[key] = new Date(time).toISOString()
  }
  return live
}

function onOff(value: unknown): boolean | null {
  return value === 'On' ? true : value === 'Off' ? false : null
}
