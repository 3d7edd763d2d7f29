/**
 * Which vendor-only fields make history and which are only kept current, under which key. What has a column of its own
 * (name, owner, role, mute, …) is in parse-group.ts and parse-member.ts; whatever is in neither list is not kept.
 */

/** Of a group, a change makes an `updated` row. Empty texts and zeros are left out: older servers do not send them. */
export const GROUP_HISTORY = {
  introduction: 'Introduction',
  notification: 'Notification',
  face_url: 'FaceUrl',
  invite_join_option: 'InviteJoinOption',
  support_topic: 'SupportTopic',
  enable_permission: 'EnablePermission',
  default_permission: 'DefaultPermission',
  // and `custom`: the custom fields of the group, {key: value}
} as const

/** Of a group, kept current. Times are ISO texts. */
export const GROUP_LIVE = { next_msg_seq: 'NextMsgSeq', info_seq: 'InfoSeq' } as const
export const GROUP_LIVE_TIMES = { last_info_time: 'LastInfoTime', last_msg_time: 'LastMsgTime' } as const

/** Of a member, a change makes an `attributes` row. */
export const MEMBER_HISTORY = {
  msg_flag: 'MsgFlag',
  // and `custom`: the custom fields of the member, {key: value}
} as const

/** Of a member, kept current: how far the member has read. */
export const MEMBER_LIVE = { msg_seq: 'MsgSeq' } as const

const BASE = [
  'Type',
  'Name',
  'Introduction',
  'Notification',
  'FaceUrl',
  'Owner_Account',
  'CreateTime',
  'LastInfoTime',
  'LastMsgTime',
  'NextMsgSeq',
  'MemberNum',
  'MaxMemberNum',
  'ApplyJoinOption',
] as const
const NEWER = ['InfoSeq', 'InviteJoinOption', 'SupportTopic', 'EnablePermission', 'DefaultPermission'] as const

/**
 * The names to ask for where members have to be kept out. Field names changed without a version in the URL, and which of
 * them a server still takes in a filter is unknown (T5): the first list that is not refused with 10004 is kept.
 */
export const GROUP_FILTERS: readonly (readonly string[])[] = [
  [...BASE, ...NEWER, 'MuteAllMember', 'ShutUpAllMember'],
  [...BASE, ...NEWER, 'MuteAllMember'],
  [...BASE, 'MuteAllMember'],
  [...BASE, 'ShutUpAllMember'],
]
