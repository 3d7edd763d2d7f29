import type { SimGroup, SimMember } from '../types.ts'
import { optionalInt, optionalTexts, text, texts } from './body.ts'
import { type Answer, type Call, isUnlistable, liveGroup, pageNumber } from './call.ts'
import { memberFields, mutedSeconds, plainType, shownCount, shownMembers, wanted } from './fields.ts'
import { Refusal } from './refusal.ts'

const COMMUNITY_BASE = 144115265295492787n
const AV_SHOWN = 300
const MOST_ACCOUNTS = 500

/** T3.4. Pages by `Offset`, those of a Community by `Next`. */
export function memberInfo(call: Call): Answer {
  const { app, body, quirks, services } = call
  const group = liveGroup(call, text(body, 'GroupId'))
  if (isUnlistable(group) && quirks.avChatRoom === 'refuse') throw new Refusal(10007)
  const limit = pageLimit(call)
  const community = plainType(group.type) === 'Community'
  const offset = community ? communityOffset(text(body, 'Next')) : (optionalInt(body, 'Offset') ?? 0)
  const roles = optionalTexts(body, 'MemberRoleFilter')
  const { rows, more } = pageOf(call, group, roles, offset, limit)

  const filter = optionalTexts(body, 'MemberInfoFilter')
  const want = wanted(filter)
  const keys = optionalTexts(body, 'AppDefinedDataFilter_GroupMember') ?? (filter ? [] : null)
  const answer: Record<string, unknown> = {
    MemberNum: shownCount(group, quirks),
    MemberList: rows.map((member) => memberFields(member, want, keys, quirks)),
  }
  if (community) answer['Next'] = more ? String(COMMUNITY_BASE + BigInt(offset + rows.length)) : ''
  services.page({
    app: app.name,
    endpoint: 'getGroupMemberInfo',
    groupId: group.groupId,
    page: pageNumber(offset, limit),
    offset,
  })
  return answer
}

/** Null: no `Limit`, all members. */
function pageLimit({ body, quirks }: Call): number | null {
  const limit = optionalInt(body, 'Limit')
  if (limit === 0) throw new Refusal(10004, 'param Limit is invalid')
  if (limit === null || limit <= quirks.memberLimitCap) return limit
  if (quirks.overCap === 'clip') return quirks.memberLimitCap
  throw new Refusal(10004, `param Limit is over ${quirks.memberLimitCap}`)
}

function communityOffset(next: string): number {
  if (next === '') return 0
  if (!/^\d{1,20}$/.test(next)) throw new Refusal(10004, 'param Next is invalid')
  const offset = BigInt(next) - COMMUNITY_BASE
  if (offset < 0n || offset > 100_000_000n) throw new Refusal(10004, 'param Next is invalid')
  return Number(offset)
}

function pageOf({ app, quirks }: Call, group: SimGroup, roles: string[] | null, offset: number, limit: number | null) {
  let list = shownMembers(app.world.listMembers(group.groupId), quirks)
  if (isUnlistable(group)) list = list.slice(0, AV_SHOWN)
  if (roles) list = list.filter((member) => roles.includes(member.role))
  const end = Math.min(list.length, limit === null ? list.length : offset + limit)
  let rows: readonly SimMember[]
  // The newest first without turning a long list round for every page.
  if (quirks.memberOrder === 'newestFirst')
    rows = list.slice(list.length - end, Math.max(0, list.length - offset)).reverse()
  else rows = list.slice(offset, end)
  return { rows, more: end < list.length }
}

/** T3.5: the vendor's direct word about accounts in a group. */
export function roleInGroup(call: Call): Answer {
  const { body } = call
  const group = liveGroup(call, text(body, 'GroupId'))
  const accounts = texts(body, 'User_Account', MOST_ACCOUNTS)
  if (isUnlistable(group) || group.type === 'BChatRoom') throw new Refusal(10007)
  return {
    UserIdList: accounts.map((Member_Account) => ({
      Member_Account,
      Role: group.members.get(Member_Account)?.role ?? 'NotMember',
    })),
  }
}

/** T3.6: who is muted now, under the names of either age. */
export function mutedAccounts(call: Call): Answer {
  const { app, body, quirks } = call
  const GroupId = text(body, 'GroupId')
  const group = liveGroup(call, GroupId)
  if (isUnlistable(group)) throw new Refusal(10007)
  const now = app.world.clock.now()
  const muted = app.world.listMembers(GroupId).filter((member) => member.mutedUntil > now)
  const row = (field: string) =>
    muted.map((member) => ({ Member_Account: member.accountId, [field]: mutedSeconds(member.mutedUntil) }))
  return {
    GroupId,
    ...(quirks.fieldNames !== 'old' && { MutedAccountList: row('MutedUntil') }),
    ...(quirks.fieldNames !== 'new' && { ShuttedUinList: row('ShuttedUntil') }),
  }
}
