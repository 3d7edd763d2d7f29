import type { Group } from '../../core/group.ts'
import type { MemberPage, Position } from '../types.ts'
import { refuseRepeats } from '../repeats.ts'
import { nextToken, PAGE_SIZE, tokenParameter } from './paging.ts'
import { parseMembers } from './parse-member.ts'
import { hasPrefix, tidOfGroup, typeNamed } from './team.ts'
import type { Team } from './team.ts'
import type { Wire } from './wire.ts'

/** `member_type` of the list: everybody, or owner and managers alone. */
const EVERYBODY = 0
const LEADERS = 1

/** One page of `list_members` (Y3.4) in the order of joining, the earliest first: who joins meanwhile comes at the end. */
export function memberPage(
  wire: Wire,
  group: Group,
  position: Position,
  size: number,
  signal: AbortSignal,
): Promise<MemberPage> {
  if (position.kind !== 'token') throw new Error('Yunxin lists members by token')
  return page(wire, teamOf(group), EVERYBODY, position.token, size, signal)
}

/** The account with role 1, for servers whose team information names no owner (Y-11); null when nobody has it. */
export async function ownerInList(wire: Wire, team: Team, signal: AbortSignal): Promise<string | null> {
  const check = refuseRepeats(wire.caller.host, 'teamMembers')
  for (let token: string | null = null; ; ) {
    const { rows, next } = await page(wire, team, LEADERS, token, PAGE_SIZE, signal)
    const owner = rows.find(({ role }) => role === 'owner')
    if (owner !== undefined || next === null) return owner?.accountId ?? null
    check(next)
    token = next
  }
}

/** The ids of teams in the rows are not read, so long ids cost nothing here. */
function page(
  wire: Wire,
  { type, tid }: Team,
  memberType: number,
  token: string | null,
  size: number,
  signal: AbortSignal,
): Promise<MemberPage & { readonly next: string | null }> {
  const limit = Math.min(PAGE_SIZE, size)
  const query = `team_type=${type}&member_type=${memberType}&chat_banned_type=0&descending=false&limit=${limit}`
  return wire.ask(
    {
      endpoint: 'teamMembers',
      path: `/im/v2.1/teams/${tid}/actions/list_members?${query}${tokenParameter(token)}`,
      exact: false,
      read: (data) => ({
        ...parseMembers(data['items']),
        memberCount: null,
        next: nextToken(wire.caller, 'teamMembers', data),
      }),
    },
    signal,
  )
}

function teamOf({ groupId, type: name }: Group): Team {
  const tid = tidOfGroup(groupId)
  const type = hasPrefix(groupId) ? 2 : typeNamed(name)
  if (tid === null || type === null) throw new Error(`${groupId} (${name}) is no team`)
  return { type, tid }
}
