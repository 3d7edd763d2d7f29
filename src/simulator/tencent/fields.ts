import type { SimGroup, SimMember } from '../types.ts'
import type { TencentQuirks } from './quirks.ts'

type Wire = Record<string, unknown>

/** uint32's largest: muted for ever. */
const FOREVER = 4294967295
const seconds = (ms: number) => Math.floor(ms / 1000)
export const mutedSeconds = (ms: number) => (ms === Number.POSITIVE_INFINITY ? FOREVER : seconds(ms))
const newTypes: Record<string, string> = { Private: 'Work', ChatRoom: 'Meeting' }
const oldTypes: Record<string, string> = { Work: 'Private', Meeting: 'ChatRoom' }

/** One word for a type that has two. */
export const plainType = (type: string): string => oldTypes[type] ?? type

/** A filter asks by the old name or the new one; the answer comes under the names of this server. */
const newNames: Record<string, string> = { ShutUpAllMember: 'MuteAllMember', ShutUpUntil: 'MuteUntil' }
export const wanted = (filter: readonly string[] | null): ReadonlySet<string> | null =>
  filter && new Set(filter.map((name) => newNames[name] ?? name))

/** How many members the server says a group has: all but the hidden ones. */
export function shownCount(group: SimGroup, { hiddenMembers }: TencentQuirks): number {
  let hidden = 0
  for (const accountId of hiddenMembers) if (group.members.has(accountId)) hidden += 1
  return group.members.size - hidden
}

/** The members that lists show. */
export function shownMembers(list: readonly SimMember[], { hiddenMembers }: TencentQuirks): readonly SimMember[] {
  return hiddenMembers.size === 0 ? list : list.filter((member) => !hiddenMembers.has(member.accountId))
}

function renamed(wire: Wire, field: string, old: string, value: unknown, quirks: TencentQuirks) {
  if (quirks.fieldNames !== 'old') wire[field] = value
  if (quirks.fieldNames !== 'new') wire[old] = value
}

/** Basic fields of a group (T3.3), only those in `want` unless it is null. `GroupId` is the caller's. */
export function groupFields(group: SimGroup, want: ReadonlySet<string> | null, quirks: TencentQuirks): Wire {
  const plain = plainType(group.type)
  const all: Wire = {
    Type: quirks.typeNames === 'new' ? (newTypes[plain] ?? plain) : plain,
    Name: group.name,
    Introduction: group.introduction,
    Notification: group.notification,
    FaceUrl: '',
    Owner_Account: group.ownerId ?? (quirks.ownerless === 'empty' ? '' : undefined),
    CreateTime: seconds(group.createdAt),
    InfoSeq: group.infoSeq,
    LastInfoTime: seconds(group.infoChangedAt),
    LastMsgTime: seconds(group.lastMessageAt),
    NextMsgSeq: group.nextMsgSeq,
    MemberNum: shownCount(group, quirks),
    MaxMemberNum: group.maxMembers,
    ApplyJoinOption: group.joinOption,
  }
  if (plain === 'Community') all['SupportTopic'] = quirks.topicGroups.has(group.groupId) ? 1 : 0
  const wire = want ? Object.fromEntries(Object.entries(all).filter(([name]) => want.has(name))) : all
  if (!want || want.has('MuteAllMember'))
    renamed(wire, 'MuteAllMember', 'ShutUpAllMember', group.muteAll ? 'On' : 'Off', quirks)
  if (quirks.unknownFields) Object.assign(wire, { InviteJoinOption: 'FreeAccess', XFutureField: { Deep: [1, null] } })
  return wire
}

/** Fields of a member (T3.4), only those in `want` unless it is null. `Member_Account` always comes. */
export function memberFields(
  member: SimMember,
  want: ReadonlySet<string> | null,
  customKeys: readonly string[] | null,
  quirks: TencentQuirks,
): Wire {
  const wire: Wire = { Member_Account: member.accountId }
  if (!want || want.has('Role')) wire['Role'] = quirks.trailingSpaceRole ? `${member.role} ` : member.role
  if (!want || want.has('JoinTime')) wire['JoinTime'] = seconds(member.joinedAt)
  if (!want || want.has('MsgSeq')) wire['MsgSeq'] = member.msgSeq
  if (!want || want.has('MsgFlag')) wire['MsgFlag'] = 'AcceptAndNotify'
  if (!want || want.has('LastSendMsgTime')) wire['LastSendMsgTime'] = seconds(member.lastSpokeAt)
  if (!want || want.has('MuteUntil')) renamed(wire, 'MuteUntil', 'ShutUpUntil', mutedSeconds(member.mutedUntil), quirks)
  if (!want || want.has('NameCard')) wire['NameCard'] = member.nameCard
  const custom = customFields(member.custom, customKeys)
  if (custom) wire['AppMemberDefinedData'] = custom
  if (quirks.unknownFields) Object.assign(wire, { OnlineStatus: 'Offline', XFutureField: 1.5 })
  return wire
}

/** `[{ Key, Value }]`, or null when there are none: the field is absent then. `keys` null: all of them. */
export function customFields(custom: Record<string, string>, keys: readonly string[] | null) {
  const list: { Key: string; Value: string }[] = []
  for (const Key in custom) {
    const Value = custom[Key]
    if (Value !== undefined && (!keys || keys.includes(Key))) list.push({ Key, Value })
  }
  return list.length > 0 ? list : null
}
