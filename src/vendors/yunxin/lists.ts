import { VendorError } from '../../core/errors.ts'
import type { GroupHint } from '../../core/group.ts'
import { countOf, isRaw, listOf, slices } from '../raw.ts'
import type { Raw } from '../raw.ts'
import { TEAMS_A_CALL } from './details.ts'
import { teamInfoBatch } from './info.ts'
import type { Known } from './known.ts'
import { refuseRepeats } from '../repeats.ts'
import { nextToken, PAGE_SIZE, tokenParameter } from './paging.ts'
import { parseMember } from './parse-member.ts'
import { prefixed, tidOf } from './team.ts'
import type { TeamType } from './team.ts'
import type { Wire } from './wire.ts'
import { wholeOf } from './words.ts'

export interface ListRules {
  readonly known: Known
  readonly teamTypes: readonly TeamType[]
}

/**
 * `joined_teams` of one account, a walk for each type (Y3.2). Where the app has no super teams (108311) they are left out
 * in silence: nothing is known of any, and what is stored is not touched.
 *
 * Hints carry no type: the type an id is stored under must stay, whatever else turns up with the same digits. The id of a
 * super team is its digits, or `super/` and digits where an advanced team has them too, which is asked for once an id.
 */
export async function* joinedGroups(
  wire: Wire,
  { known, teamTypes }: ListRules,
  accountId: string,
  signal: AbortSignal,
): AsyncGenerator<GroupHint[]> {
  const account = accountId.toLowerCase()
  for (const type of teamTypes) {
    if (type === 2 && known.superOff()) continue
    try {
      yield* walk(wire, known, account, type, signal)
    } catch (error) {
      if (type !== 2 || !(error instanceof VendorError) || error.fault !== 'notEnabled') throw error
      known.superRefused()
    }
  }
}

async function* walk(wire: Wire, known: Known, account: string, type: TeamType, signal: AbortSignal) {
  const path = `/im/v2.1/team_members/${encodeURIComponent(account)}/actions/joined_teams`
  const query = `team_type=${type}&limit=${PAGE_SIZE}&need_return_member_info=1`
  const check = refuseRepeats(wire.caller.host, 'joinedTeams')
  for (let token: string | null = null; ; ) {
    const page: { rows: readonly unknown[]; next: string | null } = await wire.ask(
      {
        endpoint: 'joinedTeams',
        path: `${path}?${query}${tokenParameter(token)}`,
        read: (data) => ({
          rows: listOf(data['team_info_list']),
          next: nextToken(wire.caller, 'joinedTeams', data),
        }),
      },
      signal,
    )
    const teams = page.rows.filter(isRaw).flatMap((raw) => {
      const tid = tidOf(raw['team_id'])
      return tid === null ? [] : [{ tid, raw }]
    })
    if (type === 2) await learnShared(wire, known, teams, signal)
    if (teams.length > 0) yield teams.map(({ tid, raw }) => hintOf(raw, idOf(known, type, tid)))
    if (page.next === null) return
    check(page.next)
    token = page.next
  }
}

function idOf(known: Known, type: TeamType, tid: string): string {
  if (type === 1) return tid
  const groupId = known.sharedWithAdvanced.get(tid) === true ? prefixed(tid) : tid
  known.isSuper(groupId)
  return groupId
}

function hintOf(raw: Raw, groupId: string): GroupHint {
  const hint = { groupId, memberCount: countOf(wholeOf(raw['member_count'])), known: true }
  const self = isRaw(raw['member_info']) ? parseMember(raw['member_info']) : null
  return self === null || 'reason' in self ? hint : { ...hint, self }
}

/** Asks which of these super teams' digits an advanced team has too; a refusal says: none of them. */
async function learnShared(wire: Wire, known: Known, teams: readonly { readonly tid: string }[], signal: AbortSignal) {
  const shared = known.sharedWithAdvanced
  const fresh = teams.map(({ tid }) => tid).filter((tid) => !shared.has(tid))
  for (const part of slices(fresh, TEAMS_A_CALL[1])) {
    const found = await advancedAmong(wire, part, signal)
    for (const tid of part) shared.set(tid, found.has(tid))
  }
}

async function advancedAmong(
  wire: Wire,
  tids: readonly string[],
  signal: AbortSignal,
): Promise<{ has(tid: string): boolean }> {
  try {
    return await teamInfoBatch(wire, 1, tids, signal)
  } catch (error) {
    if (!(error instanceof VendorError) || (error.fault !== 'gone' && error.fault !== 'bug')) throw error
    return new Set()
  }
}
