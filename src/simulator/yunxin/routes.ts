import type { Answer, Call } from './call.ts'
import { joinedTeams, teamMembers } from './lists.ts'
import { oneTeam, teamBatch } from './teams.ts'

export interface Endpoint {
  name: string
  /** What the path's changing part is about. */
  about: 'team' | 'account' | 'batch'
  run(call: Call): Answer
}

/** Calls a second of each endpoint: the documents' figure for teams is not known, the adapters' budget is. */
export const PER_SECOND = 50

const routes: readonly [RegExp, Endpoint][] = [
  [/^team_members\/([^/]+)\/actions\/joined_teams$/, { name: 'joinedTeams', about: 'account', run: joinedTeams }],
  [/^teams\/([^/]+)\/actions\/list_members$/, { name: 'teamMembers', about: 'team', run: teamMembers }],
  [/^teams\/([^/]+)$/, { name: 'teamInfo', about: 'team', run: oneTeam }],
  [/^teams()$/, { name: 'teamInfoBatch', about: 'batch', run: teamBatch }],
]

export interface Route {
  endpoint: Endpoint
  subject: string
}

/** Null for a path that v2.1 does not have, or that is not properly escaped. */
export function routeOf(path: string): Route | null {
  const rest = path.replace(/^\/im\/v2\.1\//, '')
  if (rest === path) return null
  for (const [pattern, endpoint] of routes) {
    const found = pattern.exec(rest)
    if (!found) continue
    try {
      return { endpoint, subject: decodeURIComponent(found[1] ?? '') }
    } catch {
      return null
    }
  }
  return null
}
