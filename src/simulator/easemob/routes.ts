import type { Answer, Call, Subject } from './call.ts'
import { details } from './details.ts'
import { joinedNew, joinedOld, listGroups } from './lists.ts'
import { admins, allowed, blocks, isJoined, members, mutes } from './members.ts'

export interface Endpoint {
  name: string
  /** Calls a second, as documented (E3). */
  perSecond: number
  /** Null: the token call, which is answered before anyone is known. */
  run: ((call: Call) => Answer) | null
}

/** A path after `/{org}/{app}/`, `:ids`, `:id` and `:user` standing for one part each; the first that fits counts. */
const routes: readonly [string, Endpoint][] = [
  ['token', { name: 'token', perSecond: 300, run: null }],
  ['chatgroups', { name: 'listGroups', perSecond: 100, run: listGroups }],
  ['users/:user/joined_chatgroups', { name: 'joinedGroups', perSecond: 50, run: joinedOld }],
  ['chatgroups/user/:user', { name: 'joinedGroups', perSecond: 50, run: joinedNew }],
  ['chatgroups/:ids', { name: 'groupDetails', perSecond: 100, run: details }],
  ['chatgroups/:id/users', { name: 'groupMembers', perSecond: 100, run: members }],
  ['chatgroups/:id/admin', { name: 'groupAdmins', perSecond: 100, run: admins }],
  ['chatgroups/:id/mute', { name: 'groupMutes', perSecond: 100, run: mutes }],
  ['chatgroups/:id/blocks/users', { name: 'groupBlocks', perSecond: 100, run: blocks }],
  ['chatgroups/:id/white/users', { name: 'groupAllowed', perSecond: 100, run: allowed }],
  ['chatgroups/:id/user/:user/is_joined', { name: 'isJoined', perSecond: 100, run: isJoined }],
]
const patterns = routes.map(([path, endpoint]) => ({ parts: path.split('/'), endpoint }))

export interface Route {
  org: string
  appName: string
  endpoint: Endpoint | null
  subject: Subject
}

/** Reads a path; null when it has no org and app in front, or is not properly escaped. */
export function routeOf(path: string): Route | null {
  let parts: string[]
  try {
    parts = path.slice(1).split('/').map(decodeURIComponent)
  } catch {
    return null
  }
  const [org, appName, ...rest] = parts
  if (!org || !appName || rest.length === 0) return null
  for (const { parts: pattern, endpoint } of patterns) {
    const fits =
      pattern.length === rest.length && pattern.every((part, at) => part.startsWith(':') || part === rest[at])
    if (!fits) continue
    const at = (name: string) => rest[pattern.indexOf(name)]
    const id = at(':id')
    const groupIds = id === undefined ? (at(':ids')?.split(',') ?? []) : [id]
    return { org, appName, endpoint, subject: { groupIds, account: at(':user') ?? '' } }
  }
  return { org, appName, endpoint: null, subject: { groupIds: [], account: '' } }
}
