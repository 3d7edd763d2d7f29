import { customText } from '../customText.ts'
import type { SimGroup, SimMember, SimRole } from '../types.ts'
import { type Answer, type Call, teamId, typeOf } from './call.ts'

/** Accounts have no case: the server writes them small. */
export const accid = (accountId: string): string => accountId.toLowerCase()

const joinModes = { FreeAccess: 0, NeedPermission: 1, DisableApply: 2 }
/** Not in the order of their power. */
const roles: Record<SimRole, number> = { Member: 0, Owner: 1, Admin: 2 }

/** What the joined list tells of a team (Y3.2). */
export function teamFields(call: Call, group: SimGroup, withOwner: boolean): Answer {
  const { quirks } = call
  return {
    team_id: teamId(call, group),
    owner_account_id: withOwner ? (group.ownerId === null ? null : accid(group.ownerId)) : undefined,
    name: group.name,
    icon: textOrNull(call, ''),
    member_count: quirks.countField ? group.members.size : undefined,
    members_limit: group.maxMembers,
    create_time: group.createdAt,
    update_time: group.infoChangedAt,
    configuration: {
      join_mode: joinModes[group.joinOption],
      agree_mode: 1,
      invite_mode: 1,
      update_team_info_mode: 0,
      update_extension_mode: 0,
      chat_banned_mode: chatBannedMode(call, group),
    },
    ...(quirks.unknownFields && { x_future_field: { deep: [1, null] } }),
  }
}

/** What the team calls tell (Y3.3). */
export const teamInfo = (call: Call, group: SimGroup, withOwner: boolean): Answer => ({
  ...teamFields(call, group, withOwner),
  team_type: typeOf(call, group),
  announcement: textOrNull(call, group.notification),
  intro: textOrNull(call, group.introduction),
  server_extension: customText(group.custom),
  customer_extension: '',
})

/** What both the member list and `member_info` tell; when a mute ends is not told. */
export function memberFields({ app, quirks }: Call, member: SimMember): Answer {
  return {
    account_id: accid(member.accountId),
    member_role: roles[member.role],
    team_nick: member.nameCard,
    server_extension: customText(member.custom),
    chat_banned: isMuted(app.world.clock.now(), member),
    join_time: member.joinedAt,
    update_time: member.joinedAt,
    invitor_account_id: null,
    ...(quirks.unknownFields && { x_future_field: 1.5 }),
  }
}

export const isMuted = (now: number, member: SimMember): boolean => member.mutedUntil > now

const textOrNull = ({ quirks }: Call, text: string): string | null =>
  text === '' && quirks.emptyText === 'null' ? null : text

function chatBannedMode({ quirks }: Call, group: SimGroup): number | string {
  const mode = group.muteAll ? quirks.chatBannedModeOn : 0
  return quirks.chatBannedModeAs === 'int' ? mode : String(mode)
}
