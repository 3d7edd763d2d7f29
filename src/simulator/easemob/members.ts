import type { SimMember } from '../types.ts'
import { type Answer, type Call, liveGroup, number, userName } from './call.ts'
import { noGroup, Refusal } from './refusal.ts'

/** E3.4: pages from 1, no total; admins look like members. */
export function members(call: Call): Answer {
  const { app, quirks, query, services } = call
  const group = liveGroup(call)
  const size = number(call, 'pagesize', quirks.pageCap < 1000 ? 10 : 1000, 1, quirks.pageCap)
  const page = number(call, 'pagenum', 1, 1) - 1
  const list = app.world.listMembers(group.groupId)
  const offset = page * size
  let rows: readonly SimMember[]
  // The newest first without turning a long list round for every page.
  if (quirks.memberOrder === 'newestFirst')
    rows = list.slice(Math.max(0, list.length - offset - size), Math.max(0, list.length - offset)).reverse()
  else rows = list.slice(offset, offset + size)
  const timed = query['joined_time'] === 'true'
  const data = rows.map((member) => ({
    ...(timed && { joined_time: quirks.shortJoinedTime ? Math.floor(member.joinedAt / 10) : member.joinedAt }),
    [member.accountId === group.ownerId ? 'owner' : 'member']: userName(call, member.accountId),
    ...(quirks.unknownFields && { xFutureField: 1.5 }),
  }))
  services.page({ app: app.name, endpoint: 'groupMembers', groupId: group.groupId, page, offset })
  return { data, count: data.length }
}

/** Names alone, the owner not among them. */
export function admins(call: Call): Answer {
  const group = liveGroup(call)
  const data: string[] = []
  for (const { accountId, role } of group.members.values()) if (role === 'Admin') data.push(userName(call, accountId))
  return { data, count: data.length }
}

/** Who is muted now; this call has no `count`. */
export function mutes(call: Call): Answer {
  const group = liveGroup(call)
  const now = call.app.world.clock.now()
  const data: object[] = []
  for (const { accountId, mutedUntil } of group.members.values()) {
    if (mutedUntil <= now) continue
    const expire = mutedUntil === Number.POSITIVE_INFINITY ? call.quirks.permanentMute : mutedUntil
    data.push({ expire, user: userName(call, accountId) })
  }
  return { data }
}

export function blocks(call: Call): Answer {
  const group = liveGroup(call)
  const data = (call.quirks.blocked.get(group.groupId) ?? []).map((account) => userName(call, account))
  return { data, count: data.length }
}

/** The world has no allow lists. */
export function allowed(call: Call): Answer {
  liveGroup(call)
  return { data: [], count: 0 }
}

/** E3.5: the vendor's direct word about one account in one group. `count` is 0, as in the documents. */
export function isJoined(call: Call): Answer {
  const { app, quirks, account } = call
  const [groupId = ''] = call.groupIds
  const group = app.world.groups.get(groupId)
  if (!group || group.dissolvedAt !== null) {
    if (quirks.isJoinedMissingGroup === 404) throw noGroup(groupId)
    return { data: false, count: 0 }
  }
  const data = group.members.has(app.world.findAccount(account) ?? account)
  if (!data && quirks.isJoinedNonMember === 404)
    throw new Refusal('resource_not_found', `user: ${account} doesn't exist in group: ${groupId}`)
  return { data, count: 0 }
}
