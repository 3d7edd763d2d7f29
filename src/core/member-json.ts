import type { Page } from './walk.ts'
import type { Member } from './member.ts'

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
