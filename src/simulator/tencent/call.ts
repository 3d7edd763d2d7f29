import type { Services } from '../dialect.ts'
import type { SimGroup } from '../types.ts'
import type { Body } from './body.ts'
import { plainType } from './fields.ts'
import type { TencentApp, TencentQuirks } from './quirks.ts'
import { Refusal } from './refusal.ts'

/** Everything a command needs to answer one request whose sender is known to be allowed. */
export interface Call {
  app: TencentApp
  quirks: TencentQuirks
  body: Body
  rawBody: string
  services: Services
  cursors: Cursors
}

/** The numbers given out as `Next` of the group list, and where in the list each of them stands. */
export interface Cursors {
  byToken: Map<string, number>
  byPosition: Map<string, string>
}

/** A command's answer without its head: fields, or text for what JSON.stringify cannot write. */
export type Answer = Record<string, unknown> | { rawFields: string }

/** `@TGS#…`, or the app's own: printable ASCII, 48 bytes at most. */
const wellFormed = /^[\x20-\x7e]{1,48}$/

/** The vendor's code for a group that cannot be read, or null. */
export function groupError({ app, quirks }: Call, groupId: string): number | null {
  const forced = quirks.groupErrors.get(groupId)
  if (forced !== undefined) return forced
  if (!wellFormed.test(groupId)) return 10015
  const group = app.world.groups.get(groupId)
  if (!group) return quirks.unknownGroupCode
  return group.dissolvedAt === null ? null : quirks.dissolvedCode
}

/** The live group that a request names, or the vendor's refusal. */
export function liveGroup(call: Call, groupId: string): SimGroup {
  const code = groupError(call, groupId)
  const group = call.app.world.groups.get(groupId)
  if (code !== null || !group) throw new Refusal(code ?? call.quirks.unknownGroupCode)
  return group
}

/** AVChatRooms do not keep their members (T3.4, T3.5). */
export const isUnlistable = (group: SimGroup): boolean => plainType(group.type) === 'AVChatRoom'

/** Rounded up, so that the second of two pages that share a row is the second. */
export const pageNumber = (offset: number, limit: number | null): number =>
  limit === null ? 0 : Math.ceil(offset / limit)
