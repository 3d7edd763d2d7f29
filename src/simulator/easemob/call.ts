import type { Services } from '../dialect.ts'
import type { SimGroup } from '../types.ts'
import type { EasemobApp, EasemobQuirks } from './quirks.ts'
import { noGroup, Refusal } from './refusal.ts'

/** What a path asks for. */
export interface Subject {
  groupIds: readonly string[]
  /** `''` where the path names nobody. */
  account: string
}

/** Everything an endpoint needs to answer one request whose sender is known to be allowed. */
export interface Call extends Subject {
  app: EasemobApp
  quirks: EasemobQuirks
  query: Record<string, string>
  services: Services
}

/** An answer less the envelope of E3; what is not given is left out there. */
export interface Answer {
  data?: unknown
  entities?: readonly unknown[]
  count?: number
  total?: number
  cursor?: string | undefined
}

/** A whole number of the query, cut to `most` without a word; not a number or too small is refused. */
export function number(call: Call, name: string, fallback: number, least: number, most = 1e9): number {
  const text = call.query[name]
  if (text === undefined) return Math.min(fallback, most)
  if (!/^\d{1,9}$/.test(text) || Number(text) < least) throw new Refusal('illegal_argument', `${name} is illegal`)
  return Math.min(Number(text), most)
}

/** The live group that the path names, or the vendor's 404. */
export function liveGroup({ app, groupIds }: Call): SimGroup {
  const [groupId = ''] = groupIds
  const group = app.world.groups.get(groupId)
  if (!group || group.dissolvedAt !== null) throw noGroup(groupId)
  return group
}

/** A world of another vendor's ids is the test's mistake, and hiding its groups would hide that. */
export function wireId({ groupId }: SimGroup): string {
  if (!/^[1-9]\d{1,17}$/.test(groupId)) throw new Error(`Easemob has no group ids like ${groupId}: 2 to 18 digits`)
  return groupId
}

/** A user name as this server writes it. */
export function userName({ quirks, services }: Call, accountId: string): string {
  if (quirks.userCase === 'stored') return accountId
  const lower = accountId.toLowerCase()
  return quirks.userCase === 'mixed' && services.random.chance(0.5)
    ? lower.slice(0, 1).toUpperCase() + lower.slice(1)
    : lower
}

/** The owner's field for a group that may have none. */
export function ownerName(call: Call, group: SimGroup): string | undefined {
  if (group.ownerId !== null) return userName(call, group.ownerId)
  return call.quirks.ownerless === 'empty' ? '' : undefined
}
