import type { Clock } from '../../core/clock.ts'
import type { Group } from '../../core/group.ts'
import type { Fault } from '../../core/errors.ts'
import { VendorError } from '../../core/errors.ts'
import { countOf } from '../raw.ts'
import type { MemberPage, Position, WalkPlan } from '../types.ts'
import { parseMembers } from './parse-member.ts'
import type { Opened, Wire } from './wire.ts'

export interface PageRules {
  readonly clock: Clock
  readonly custom: ReadonlySet<string> | undefined
}

/**
 * By offset; communities by the vendor's `Next`; AVChatRooms not at all, their members are not stored (T3.4). A BChatRoom
 * is tried: what the documents say of it concerns roles only, and a refusal is then `unlistable`.
 */
export function walkPlan(group: Group, pageSize: number): WalkPlan | null {
  if (group.type === 'AVChatRoom') return null
  return { kind: group.type === 'Community' ? 'token' : 'offset', pageSize }
}

/**
 * One page of `get_group_member_info` (T-24 269/1617, S1). No filter is sent: everything then comes, under whichever of its
 * names the server uses. `memberCount` is the group's `MemberNum`, not the page's.
 */
export function memberPage(
  wire: Wire,
  { clock, custom }: PageRules,
  group: Group,
  position: Position,
  size: number,
  signal: AbortSignal,
): Promise<MemberPage> {
  const body = { GroupId: group.groupId, Limit: size, ...placeOf(position) }
  return wire.ask('getGroupMemberInfo', JSON.stringify(body), signal, (opened) => {
    if (opened.code !== 0) throw opened.refusal(faultFor(opened.code, group))
    const rows = parseMembers(opened.body['MemberList'], { now: clock.now(), custom })
    return {
      ...rows,
      memberCount: countOf(opened.body['MemberNum']),
      next: position.kind === 'token' ? nextOf(wire, opened) : null,
    }
  })
}

function placeOf(position: Position): { Offset: number } | { Next: string } {
  switch (position.kind) {
    case 'offset':
      return { Offset: position.offset }
    case 'token':
      return { Next: position.token ?? '' }
    case 'page':
      throw new Error('Tencent has no numbered pages')
  }
}

/** 10007 says "not permitted" and "not for this type" alike: the type decides. */
function faultFor(code: number, { type }: Group): Fault | undefined {
  if (code !== 10007) return undefined
  return type === 'AVChatRoom' || type === 'BChatRoom' ? 'unlistable' : 'forbidden'
}

/** The cursor of a community, a text (T3.4); `""` and absent end the list. */
function nextOf({ caller }: Wire, { body }: Opened): string | null {
  const next = body['Next']
  if (typeof next === 'string') return next === '' ? null : next
  if (next === undefined || next === null || next === 0) return null
  if (typeof next === 'number' && Number.isSafeInteger(next)) return String(next)
  const message = `${caller.host} getGroupMemberInfo: Next is neither a text nor a number that can be sent back exactly`
  throw new VendorError(message, { fault: 'bug', code: 'Next', endpoint: 'getGroupMemberInfo' })
}
