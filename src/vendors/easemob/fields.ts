/**
 * Which vendor-only fields make history and which are only kept current, under which key. What has a column of its own
 * (name, owner, join mode, …) is in parse-group.ts. Members have no field that only this vendor has.
 */

/** Of a group, a change makes an `updated` row. Empty texts and `false` are left out: older servers do not send them. */
export const GROUP_HISTORY = {
  description: 'description',
  avatar: 'avatar',
  custom: 'custom',
  allow_invites: 'allowinvites',
  members_only: 'membersonly',
  disabled: 'disabled',
} as const

/** Of a group, kept current, as ISO text. No document shows it in the detail call; the list writes it in both ways. */
export const GROUP_LIVE_TIMES = { last_modified: ['last_modified', 'lastModified'] } as const
