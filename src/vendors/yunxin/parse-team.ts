import type { Group } from '../../core/group.ts'
import type { Json } from '../../core/member.ts'
import { orNull, pick, textOf } from '../pick.ts'
import { countOf, isRaw } from '../raw.ts'
import type { Raw } from '../raw.ts'
import { CONFIGURATION_HISTORY, GROUP_HISTORY, LIVE_TIME } from './fields.ts'
import { accountOf } from './parse-member.ts'
import { TYPE_NAMES } from './team.ts'
import type { TeamType } from './team.ts'
import { joinModeOf, muteAllOf, timeOf, wholeOf } from './words.ts'

/**
 * One team's fields (Y3.3) under the group id that it goes by. `owner_account_id` and `member_count` came with v2.1 and
 * may be missing; see `missingIn`.
 */
export function parseTeam(raw: Raw, groupId: string, type: TeamType): Group {
  const configuration = isRaw(raw['configuration']) ? raw['configuration'] : {}
  const attributes: Record<string, Json> = pick(raw, GROUP_HISTORY)
  for (const name of CONFIGURATION_HISTORY) {
    const value = wholeOf(configuration[name])
    if (value !== null && value !== 0) attributes[name] = value
  }
  const updatedAt = timeOf(raw[LIVE_TIME])
  return {
    groupId,
    type: TYPE_NAMES[type],
    name: textOf(raw['name']),
    ownerId: accountOf(raw['owner_account_id']),
    memberCount: countOf(wholeOf(raw['member_count'])),
    maxMembers: countOf(wholeOf(raw['members_limit'])),
    muteAll: muteAllOf(configuration['chat_banned_mode']),
    joinMode: joinModeOf(configuration['join_mode']),
    createdAt: timeOf(raw['create_time']) ?? null,
    attributes: orNull(attributes),
    live: typeof updatedAt === 'number' ? { [LIVE_TIME]: new Date(updatedAt).toISOString() } : null,
  }
}

/**
 * Names what is absent although other calls of the same server may give it; empty when nothing is. A field that comes
 * and goes with the way of asking would look like history.
 */
export function missingIn(raw: Raw): string {
  const missing: string[] = []
  if (accountOf(raw['owner_account_id']) === null) missing.push('owner_account_id')
  if (wholeOf(raw['member_count']) === null) missing.push('member_count')
  if (wholeOf(raw['members_limit']) === null) missing.push('members_limit')
  if (!isRaw(raw['configuration'])) missing.push('configuration')
  return missing.join()
}
