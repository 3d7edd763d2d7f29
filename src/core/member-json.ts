import type { Page } from './walk.ts'
import type { JsonObject, Member, Role } from './member.ts'

/** Members as JSON and back: JSON has no Infinity and no undefined, and both mean something here. */

type Written = Omit<Member, 'mutedUntil'> & { readonly mutedUntil: number | 'infinity' | null }

/** Nearly every row is JSON as it is, and is not copied. */
export function writeMember(member: Member): Written {
  return isTimed(member) ? member : { ...(member as Member), mutedUntil: 'infinity' }
}

/** A join time that is undefined is no field of the JSON, and reads as undefined again. */
export function readMember(written: Written): Member {
  return isTimed(written) ? written : { ...written, mutedUntil: Number.POSITIVE_INFINITY }
}

/** Whether a mute is for a time or none: not for ever. */
function isTimed<T extends { readonly mutedUntil: unknown }>(
  row: T,
): row is T & { readonly mutedUntil: number | null } {
  return row.mutedUntil !== Number.POSITIVE_INFINITY && row.mutedUntil !== 'infinity'
}

export type WrittenMember = Written
export type WrittenPage = Omit<Page, 'rows'> & { readonly rows: readonly Written[] }

export const writePage = (page: Page): WrittenPage => ({ ...page, rows: page.rows.map(writeMember) })
export const readPage = (page: WrittenPage): Page => ({ ...page, rows: page.rows.map(readMember) })

/** A member without the names of its fields: half the work to write. `false` where the join time is undefined. */
export type Row = readonly [
  accountId: string,
  role: Role,
  nameCard: string | null,
  mutedUntil: number | 'infinity' | null,
  joinedAt: number | null | false,
  lastSpokeAt: number | null,
  attributes: JsonObject | null,
  live: JsonObject | null,
]

export const writeRow = (member: Member): Row => [
  member.accountId,
  member.role,
  member.nameCard,
  member.mutedUntil === Number.POSITIVE_INFINITY ? 'infinity' : member.mutedUntil,
  member.joinedAt === undefined ? false : member.joinedAt,
  member.lastSpokeAt,
  member.attributes,
  member.live,
]

export function readRow([accountId, role, nameCard, mutedUntil, joinedAt, lastSpokeAt, attributes, live]: Row): Member {
  return {
    accountId,
    role,
    nameCard,
    mutedUntil: mutedUntil === 'infinity' ? Number.POSITIVE_INFINITY : mutedUntil,
    joinedAt: joinedAt === false ? undefined : joinedAt,
    lastSpokeAt,
    attributes,
    live,
  }
}
