import type { Group, JoinMode } from '../../core/group.ts'
import type { JsonObject } from '../../core/member.ts'
import { jsonValue } from '../../core/text.ts'
import { orNull, pick, textOf } from '../pick.ts'
import { countOf } from '../raw.ts'
import type { Raw } from '../raw.ts'
import { GROUP_HISTORY, GROUP_LIVE_TIMES } from './fields.ts'
import { groupIdOf, timeOf } from './words.ts'
import type { AccountOf } from './words.ts'

/** One element of a detail answer (E3.3), or the reason why it cannot be understood. Only the id is required. */
export function parseGroup(raw: Raw, accountOf: AccountOf): Group | string {
  const groupId = groupIdOf(raw)
  if (groupId === undefined) return 'id is not a group id'
  const { owner, name, mute, affiliations_count: count } = raw
  const ownerId = accountOf(owner)
  if (ownerId === undefined && typeof owner === 'string' && owner !== '') return 'owner is not an account id'
  return {
    groupId,
    type: raw['public'] === true ? 'public' : 'private',
    name: textOf(name),
    ownerId: ownerId ?? null,
    memberCount: countOf(count),
    maxMembers: countOf(raw['maxusers']),
    muteAll: typeof mute === 'boolean' ? mute : null,
    joinMode: joinModeOf(raw['public'], raw['membersonly']),
    createdAt: timeOf(raw['created']) ?? null,
    attributes: orNull(pick(raw, GROUP_HISTORY, jsonValue)),
    live: liveOf(raw),
  }
}

/**
 * How people may enter. Nobody can ask to enter a private group, members are brought in (by whom `allow_invites` says); a
 * public one is entered by application where it is for "members only", else freely.
 */
export function joinModeOf(isPublic: unknown, membersOnly: unknown): JoinMode | null {
  if (isPublic === false) return 'closed'
  if (isPublic !== true || typeof membersOnly !== 'boolean') return null
  return membersOnly ? 'approval' : 'free'
}

function liveOf(raw: Raw): JsonObject | null {
  const [older, newer] = GROUP_LIVE_TIMES.last_modified
  const time = timeOf(raw[older] ?? raw[newer])
  return time === undefined ? null : { last_modified: new Date(time).toISOString() }
}
