import type { Group, JoinMode } from '../../core/group.ts'
import type { Json, JsonObject } from '../../core/member.ts'
import { jsonClean, pgText } from '../../core/text.ts'
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
    name: typeof name === 'string' && name !== '' ? pgText(name) : null,
    ownerId: ownerId ?? null,
    memberCount: countOf(count),
    maxMembers: countOf(raw['maxusers']),
    muteAll: typeof mute === 'boolean' ? mute : null,
    joinMode: joinModeOf(raw['public'], raw['membersonly']),
    createdAt: timeOf(raw['created']) ?? null,
    attributes: attributesOf(raw),
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

function attributesOf(raw: Raw): JsonObject | null {
  const entries = Object.entries(GROUP_HISTORY).flatMap(([key, name]): [string, Json][] => {
    const value = raw[name]
    const silent = value === undefined || value === null || value === '' || value === false
    return silent ? [] : [[key, jsonClean(value)]]
  })
  return entries.length === 0 ? null : Object.fromEntries(entries)
}

function liveOf(raw: Raw): JsonObject | null {
  const [older, newer] = GROUP_LIVE_TIMES.last_modified
  const time = timeOf(raw[older] ?? raw[newer])
  return time === undefined ? null : { last_modified: new Date(time).toISOString() }
}
