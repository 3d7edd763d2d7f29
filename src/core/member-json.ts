import type { Page } from './walk.ts'
import type { Member } from './member.ts'

/** Members as JSON and back: JSON has no Infinity and no undefined, and both mean something here. */

type Written = Omit<Member, 'mutedUntil' | 'joinedAt'> & {
  readonly mutedUntil: number | 'infinity' | null
  readonly joinedAt?: number | null
}

export function writeMember({ mutedUntil, joinedAt, ...rest }: Member): Written {
  const until = mutedUntil === Number.POSITIVE_INFINITY ? 'infinity' : mutedUntil
  return { ...rest, mutedUntil: until, ...(joinedAt === undefined ? {} : { joinedAt }) }
}

export function readMember({ mutedUntil, joinedAt, ...rest }: Written): Member {
  return { ...rest, mutedUntil: mutedUntil === 'infinity' ? Number.POSITIVE_INFINITY : mutedUntil, joinedAt }
}

export type WrittenMember = Written
export type WrittenPage = Omit<Page, 'rows'> & { readonly rows: readonly Written[] }

export const writePage = (page: Page): WrittenPage => ({ ...page, rows: page.rows.map(writeMember) })
export const readPage = (page: WrittenPage): Page => ({ ...page, rows: page.rows.map(readMember) })
