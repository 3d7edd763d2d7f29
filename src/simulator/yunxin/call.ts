import type { Services } from '../dialect.ts'
import { Digits } from '../json.ts'
import type { SimGroup } from '../types.ts'
import type { YunxinApp, YunxinQuirks } from './quirks.ts'
import { Refusal } from './refusal.ts'

/** Everything an endpoint needs to answer one request whose sender is known to be allowed. */
export interface Call {
  app: YunxinApp
  quirks: YunxinQuirks
  query: Record<string, string>
  services: Services
  /** The part of the path that says which team or account; `''` for a batch. */
  subject: string
}

/** The `data` of an answer. */
export type Answer = Record<string, unknown>
export type TeamType = 1 | 2

/** Both types have their own calls in effect: it is required everywhere. */
export function teamType({ query, quirks }: Call): TeamType {
  const text = query['team_type']
  if (text !== '1' && text !== '2') throw new Refusal(414)
  if (text === '1') return 1
  if (!quirks.superTeams) throw new Refusal(108311)
  return 2
}

export const typeOf = ({ quirks }: Call, group: SimGroup): TeamType =>
  quirks.superTypes.has(group.type.toLowerCase()) || group.groupId.startsWith('super/') ? 2 : 1

/** The world's id `super/7` is team 7 of the super teams, beside an advanced team 7. */
export const candidates = (app: YunxinApp, id: string): SimGroup[] =>
  [app.world.groups.get(id), app.world.groups.get(`super/${id}`)]
    .filter((group) => group !== undefined)
    .filter((group) => group.dissolvedAt === null)

/** The live team of this id and type, or the vendor's code. */
export function findTeam(call: Call, id: string, type: TeamType): SimGroup | 414 | 108302 | 108404 {
  if (!/^\d{1,19}$/.test(id)) return 414
  const found = candidates(call.app, id)
  const right = found.find((group) => typeOf(call, group) === type)
  if (right) return right
  return found.length > 0 && call.quirks.idSpaces === 'one' ? call.quirks.wrongTypeCode : 108404
}

export function liveTeam(call: Call): SimGroup {
  const team = findTeam(call, call.subject, teamType(call))
  if (typeof team === 'number') throw new Refusal(team)
  return team
}

/** A world of another vendor's ids is the test's mistake, and hiding its groups would hide that. */
export function teamId({ quirks }: Call, { groupId }: SimGroup): Digits | string {
  const digits = /^(?:super\/)?([1-9]\d{0,18})$/.exec(groupId)?.[1]
  if (digits === undefined) throw new Error(`Yunxin has no team ids like ${groupId}: 1 to 19 digits`)
  return quirks.teamIdAs === 'number' ? new Digits(digits) : digits
}

/** A query parameter out of a few, the first of them when it is not sent. */
export function choice<T extends string>(call: Call, name: string, values: readonly [T, ...T[]]): T {
  const text = call.query[name]
  if (text === undefined || text === '') return values[0]
  const value = values.find((known) => known === text)
  if (value === undefined) throw new Refusal(414)
  return value
}
