import type { SimGroup, SimMember } from '../types.ts'
import { type Answer, type Call, choice, liveTeam, teamId, teamType, typeOf } from './call.ts'
import { isMuted, memberFields, teamFields } from './fields.ts'
import { byJoinTime, pageOf } from './page.ts'
import { Refusal } from './refusal.ts'

/** Y3.2: the teams of an account, one type a walk, in the order in which it joined them. */
export function joinedTeams(call: Call): Answer {
  const { app, quirks, services } = call
  const type = teamType(call)
  const withMember = choice(call, 'need_return_member_info', ['0', '1']) === '1'
  const account = app.world.findAccount(call.subject)
  if (account === undefined && quirks.unknownAccount === 102404) throw new Refusal(102404)
  const teams = new Map<SimMember, SimGroup>()
  for (const group of account === undefined ? [] : app.world.groupsOf(account)) {
    const member = group.members.get(account ?? '')
    if (member && typeOf(call, group) === type) teams.set(member, group)
  }
  const { rows, end, page, offset } = pageOf(call, byJoinTime([...teams.keys()]), `${type}:${account ?? ''}`)
  const list = rows.map((member) => {
    const group = teams.get(member)
    if (!group) throw new Error('a page holds a row that is not of its list')
    const info = { ...memberFields(call, member), follow_account_ids: [] }
    return { ...teamFields(call, group, quirks.ownerField), ...(withMember && { member_info: info }) }
  })
  services.page({ app: app.name, endpoint: 'joinedTeams', groupId: null, page, offset })
  return { ...end, team_info_list: list }
}

/** Y3.4: the members in order of join time, `descending` the other way round. */
export function teamMembers(call: Call): Answer {
  const { app, services } = call
  const team = liveTeam(call)
  const memberType = choice(call, 'member_type', ['0', '1', '2'])
  const bannedType = choice(call, 'chat_banned_type', ['0', '1', '2'])
  const descending = choice(call, 'descending', ['false', 'true']) === 'true'
  const now = app.world.clock.now()
  const wantMuted = (bannedType === '1') === (call.quirks.chatBannedType1 === 'muted')
  let list = byJoinTime(app.world.listMembers(team.groupId))
  if (memberType !== '0') list = list.filter(({ role }) => (role === 'Member') === (memberType === '2'))
  if (bannedType !== '0') list = list.filter((member) => isMuted(now, member) === wantMuted)
  const name = [team.groupId, memberType, bannedType, descending].join(':')
  const { rows, end, page, offset } = pageOf(call, list, name, descending)
  const team_id = teamId(call, team)
  const items = rows.map((member) => ({ team_id, ...memberFields(call, member) }))
  services.page({ app: app.name, endpoint: 'teamMembers', groupId: team.groupId, page, offset })
  return { ...end, items }
}
