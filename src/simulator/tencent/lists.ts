import type { SimGroup, SimMember } from '../types.ts'
import { account, flag, optionalInt, optionalObject, optionalText, optionalTexts } from './body.ts'
import { type Answer, type Call, type Cursors, pageNumber } from './call.ts'
import { groupFields, plainType, wanted } from './fields.ts'
import { Refusal } from './refusal.ts'

const APP_PAGE = 10_000
const JOINED_PAGE = 5000

/** T3.1. `Next` is an unsigned 64-bit JSON number, so its digits are read from and written into the raw text. */
export function appGroups(call: Call): Answer {
  const { app, body, quirks, services, cursors } = call
  const limit = optionalInt({ Limit: body['Limit'] }, 'Limit') ?? APP_PAGE
  if (limit === 0 || limit > APP_PAGE) throw new Refusal(10004, 'param Limit is invalid')
  const type = optionalText(body, 'GroupType')
  const from = cursorPosition(call)
  const matches = (group: SimGroup) =>
    group.dissolvedAt === null && (type === null || plainType(group.type) === plainType(type))
  const order = app.world.groupOrder
  const GroupIdList: { GroupId: string }[] = []
  let position = from
  for (; position < order.length && GroupIdList.length < limit; position++) {
    const group = order[position]
    if (group && matches(group)) GroupIdList.push({ GroupId: group.groupId })
  }
  let TotalCount = 0
  let more = false
  for (const [index, group] of order.entries()) {
    if (!matches(group)) continue
    TotalCount += 1
    more ||= index >= position
  }
  const next = more ? cursorAt(cursors, quirks.nextMode, position) : '0'
  const fields = JSON.stringify({ TotalCount, GroupIdList }).slice(1, -1)
  services.page({
    app: app.name,
    endpoint: 'getAppidGroupList',
    groupId: null,
    page: pageNumber(from, limit),
    offset: from,
  })
  return { rawFields: `${fields},"Next":${next}` }
}

function cursorPosition({ body, rawBody, cursors }: Call): number {
  if (body['Next'] === undefined) return 0
  const digits = /"Next"\s*:\s*(\d+)\s*[,}]/.exec(rawBody)?.[1]
  if (digits === undefined) throw new Refusal(10004, 'param Next must be a uint64')
  const position = digits === '0' ? 0 : cursors.byToken.get(digits)
  if (position === undefined) throw new Refusal(10004, 'param Next is invalid')
  return position
}

/** The same position has the same number, so that a walk repeated is a walk alike. */
function cursorAt({ byToken, byPosition }: Cursors, mode: 'small' | 'beyond2p53' | 'max', position: number): string {
  const key = `${mode}:${position}`
  const known = byPosition.get(key)
  if (known !== undefined) return known
  let token: bigint
  let step = 1n
  if (mode === 'max') {
    token = 18446744073709551615n
    step = -1n
  } else {
    token = mode === 'small' ? 1n : 144115265295492787n
  }
  while (byToken.has(String(token))) token += step
  byToken.set(String(token), position)
  byPosition.set(key, String(token))
  return String(token)
}

/** T3.2. What an account is in, less what the server hides by default. */
export function joinedGroups(call: Call): Answer {
  const { app, body, quirks, services } = call
  const accountId = account(body, 'Member_Account')
  const limit = optionalInt(body, 'Limit')
  if (limit !== null && (limit === 0 || limit > JOINED_PAGE)) throw new Refusal(10004, 'param Limit is invalid')
  const offset = optionalInt(body, 'Offset') ?? 0
  const type = optionalText(body, 'GroupType')
  const withHuge = flag(body, 'WithHugeGroups')
  const withInactive = flag(body, 'WithNoActiveGroups')
  const withTopics = flag(body, 'SupportTopic')
  if (body['SupportTopic'] !== undefined && quirks.supportTopicNeedsType && type !== 'Community')
    throw new Refusal(10004, 'SupportTopic needs GroupType Community')
  if (quirks.unknownUser === 'error' && !app.world.knows(accountId)) throw new Refusal(10019)

  const shown = app.world.groupsOf(accountId).filter((group) => {
    const kind = plainType(group.type)
    if (type !== null && kind !== plainType(type)) return false
    if (kind === 'AVChatRoom' && !withHuge) return false
    if (quirks.inactiveGroups.has(group.groupId) && !withInactive) return false
    return withTopics || !quirks.topicGroups.has(group.groupId)
  })
  const filter = optionalObject(body, 'ResponseFilter')
  const base = wanted(optionalTexts(filter ?? {}, 'GroupBaseInfoFilter'))
  const self = optionalTexts(filter ?? {}, 'SelfInfoFilter')
  const GroupIdList = shown.slice(offset, limit === null ? undefined : offset + limit).map((group) => {
    const member = group.members.get(accountId)
    return {
      GroupId: group.groupId,
      ...(base && groupFields(group, base, quirks)),
      ...(self && member && { SelfInfo: selfInfo(member, self) }),
    }
  })
  services.page({
    app: app.name,
    endpoint: 'getJoinedGroupList',
    groupId: null,
    page: pageNumber(offset, limit),
    offset,
  })
  return { TotalCount: shown.length, GroupIdList }
}

function selfInfo(member: SimMember, filter: readonly string[]): Record<string, unknown> {
  const all = {
    JoinTime: Math.floor(member.joinedAt / 1000),
    Role: member.role,
    MsgFlag: 'AcceptAndNotify',
    MsgSeq: member.msgSeq,
  }
  return Object.fromEntries(Object.entries(all).filter(([name]) => filter.includes(name)))
}
