/**
 * Which vendor-only fields make history and which are only kept current, under which key. What has a column of its own
 * (name, owner, role, mute, …) is in parse-team.ts and parse-member.ts; whatever is in neither list is not kept.
 * Empty texts, nulls and zeros are left out: not every server sends them.
 */

/** Of a team, a change makes an `updated` row. */
export const GROUP_HISTORY = {
  icon: 'icon',
  announcement: 'announcement',
  intro: 'intro',
  server_extension: 'server_extension',
  customer_extension: 'customer_extension',
} as const

/** Of a team's `configuration`, likewise: whole numbers. `chat_banned_mode` says whom the mute of all concerns (1, 3). */
export const CONFIGURATION_HISTORY = [
  'agree_mode',
  'invite_mode',
  'update_team_info_mode',
  'update_extension_mode',
  'chat_banned_mode',
] as const

/** Of a member, a change makes an `attributes` row. */
export const MEMBER_HISTORY = { server_extension: 'server_extension' } as const
/** Of a member, likewise: an account id, in lower case as all of them. */
export const INVITOR = 'invitor_account_id'

/** Of a team and of a member, kept current, an ISO text: it moves with changes that have a field of their own. */
export const LIVE_TIME = 'update_time'
