import type { SimGroup } from '../types.ts'
import { type Answer, type Call, number, ownerName, wireId } from './call.ts'
import { basicFields } from './details.ts'
import { Refusal } from './refusal.ts'

const JOINED_WITHOUT_PAGES = 500

/** E3.1, the newest first. The cursor is a place in the world's list, so that what is created meanwhile is not met. */
export function listGroups(call: Call): Answer {
  const { app, quirks, services } = call
  const limit = number(call, 'limit', 10, 1, quirks.pageCap)
  const order = app.world.groupOrder
  const from = readCursor(call) ?? { position: order.length, offset: 0 }
  const alive = (at: number) => order[at]?.dissolvedAt === null
  const data: object[] = []
  let position = from.position
  while (position > 0 && data.length < limit) {
    position -= 1
    const group = order[position]
    if (group && alive(position)) data.push(listRow(call, group))
  }
  let more = quirks.emptyLastPage && data.length === limit
  for (let at = position - 1; at >= 0 && !more; at--) more = alive(at)
  const next = quirks.stuckCursor ? from : { position, offset: from.offset + data.length }
  services.page({
    app: app.name,
    endpoint: 'listGroups',
    groupId: null,
    page: Math.ceil(from.offset / limit),
    offset: from.offset,
  })
  return { data, count: data.length, cursor: more || quirks.stuckCursor ? writeCursor(call, next) : undefined }
}

interface Place {
  position: number
  offset: number
}

/** `>>>` makes a plus sign in Base64: who does not escape the cursor sends a space. */
const writeCursor = ({ app }: Call, { position, offset }: Place) =>
  Buffer.from(`>>>chatgroups:${app.orgName}/${app.appName}_${position}_${offset}`).toString('base64')

function readCursor(call: Call): Place | null {
  const cursor = call.query['cursor'] ?? ''
  if (cursor === '') return null
  const [position, offset] = Buffer.from(cursor, 'base64').toString('utf8').split('_').slice(-2).map(Number)
  const place = { position: position ?? Number.NaN, offset: offset ?? Number.NaN }
  if (writeCursor(call, place) !== cursor) throw new Refusal('illegal_argument', 'cursor is illegal')
  return place
}

function listRow(call: Call, group: SimGroup): object {
  const { app, quirks } = call
  const owner = ownerName(call, group)
  return {
    owner: owner && quirks.ownerPrefix ? `${app.orgName}#${app.appName}_${owner}` : owner,
    groupid: wireId(group),
    affiliations: group.members.size,
    type: 'group',
    [quirks.lastModifiedName]: String(group.infoChangedAt),
    groupname: group.name,
    ...(quirks.unknownFields && { xFutureField: { deep: [1, null] } }),
  }
}

/** E3.2 old: pages from 1, rows in `data`; without both parameters the first 500. */
export function joinedOld(call: Call): Answer {
  const { query } = call
  const all = memberships(call)
  const paged = query['pagesize'] !== undefined || query['pagenum'] !== undefined
  const size = paged ? number(call, 'pagesize', 10, 1, 100) : JOINED_WITHOUT_PAGES
  const data = joinedPage(call, all, number(call, 'pagenum', 1, 1) - 1, size).map((group) => ({
    groupid: wireId(group),
    groupname: group.name,
  }))
  return { data, count: data.length }
}

/** E3.2 new: pages from 0, rows in `entities`, with the total. */
export function joinedNew(call: Call): Answer {
  if (!call.quirks.newJoined) throw new Refusal('service_resource_not_found')
  const all = memberships(call)
  const size = number(call, 'pagesize', 5, 1, 20)
  const entities = joinedPage(call, all, number(call, 'pagenum', 0, 0), size).map((group) => ({
    groupId: wireId(group),
    ...basicFields(call, group),
  }))
  return { entities, count: entities.length, total: all.length }
}

function joinedPage({ app, services }: Call, all: readonly SimGroup[], page: number, size: number) {
  const offset = page * size
  const rows = all.slice(offset, offset + size)
  services.page({ app: app.name, endpoint: 'joinedGroups', groupId: null, page, offset })
  return rows
}

/** The newest joined first. */
function memberships({ app, quirks, account }: Call): SimGroup[] {
  const known = app.world.findAccount(account)
  if (known === undefined) {
    if (quirks.unknownUser === 'empty') return []
    throw new Refusal('service_resource_not_found')
  }
  const stays = app.world.groupsOf(known).map((group) => ({ group, member: group.members.get(known) }))
  stays.sort(
    (a, b) =>
      (b.member?.joinedAt ?? 0) - (a.member?.joinedAt ?? 0) || (b.member?.joinSeq ?? 0) - (a.member?.joinSeq ?? 0),
  )
  return stays.map(({ group }) => group)
}
