import { shuffled } from '../random.ts'
import type { SimGroup } from '../types.ts'
import { type Body, optionalObject, optionalTexts, texts } from './body.ts'
import { type Answer, type Call, groupError, isUnlistable } from './call.ts'
import { customFields, groupFields, memberFields, shownMembers, wanted } from './fields.ts'
import { errorText } from './refusal.ts'

const MOST_GROUPS = 50

/** T3.3. Each group is judged in its own element; no filter gives everything, a filter only what it names. */
export function groupInfo(call: Call): Answer {
  const { app, body, quirks, services } = call
  const asked = texts(body, 'GroupIdList', MOST_GROUPS)
  const filter = optionalObject(body, 'ResponseFilter')
  const GroupInfo = asked.map((GroupId) => {
    const ErrorCode = groupError(call, GroupId)
    const group = app.world.groups.get(GroupId)
    if (ErrorCode !== null || !group) return { GroupId, ErrorCode, ErrorInfo: errorText(ErrorCode ?? 0) }
    return { GroupId, ErrorCode: 0, ErrorInfo: '', ...described(call, group, filter) }
  })
  return { GroupInfo: quirks.shuffleGroupInfo ? shuffled(GroupInfo, services.random) : GroupInfo }
}

function described(call: Call, group: SimGroup, filter: Body | null): Record<string, unknown> {
  const { quirks } = call
  const names = (field: string) => (filter ? (optionalTexts(filter, field) ?? []) : null)
  const wire = groupFields(group, wanted(names('GroupBaseInfoFilter')), quirks)
  const custom = customFields(group.custom, names('AppDefinedDataFilter_Group'))
  if (custom) wire['AppDefinedData'] = custom
  const memberNames = names('MemberInfoFilter')
  const memberKeys = names('AppDefinedDataFilter_GroupMember')
  if (memberNames?.length === 0 || (isUnlistable(group) && quirks.avChatRoom === 'refuse')) return wire
  const want = wanted(memberNames)
  const most = Math.min(quirks.detailsMemberCap ?? group.members.size, isUnlistable(group) ? 300 : group.members.size)
  const shown = shownMembers(call.app.world.listMembers(group.groupId), quirks).slice(0, most)
  wire['MemberList'] = shown.map((member) => memberFields(member, want, memberKeys, quirks))
  return wire
}
