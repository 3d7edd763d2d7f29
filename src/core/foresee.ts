import type { Fetch, Page, Walk } from './walk.ts'

/**
 * What `fold` asks for after this page, and after the pages that follow, unless it finds something amiss: known before
 * their rows are dealt with, so that they can be fetched meanwhile. As far as the vendor's count reaches, or its cursor.
 *
 * @param most how many at most
 */
export function foresee({ plan, position, size, pages, last, countBefore }: Walk, page: Page, most: number): Fetch[] {
  const rows = page.rows.length + page.bad.length
  const expected = page.memberCount ?? countBefore ?? 0
  const ask = (at: Fetch['position']): Fetch => ({ do: 'fetch', position: at, size })
  const coming: Fetch[] = []
  switch (position.kind) {
    case 'offset':
      if (rows < size || (pages > 0 && page.rows[0]?.accountId !== last)) return []
      for (let end = position.offset + rows; coming.length < most; end += size - 1) {
        if (coming.length > 0 && end >= expected) break
        coming.push(ask({ kind: 'offset', offset: end - 1 }))
      }
      return coming
    case 'token':
      return page.next === null ? [] : [ask({ kind: 'token', token: page.next })]
    case 'page':
      if (rows === 0 || rows < Math.min(plan.sureSize ?? size, size)) return []
      for (let next = position.page + 1; coming.length < most; next++) {
        if (coming.length > 0 && (next - (plan.firstPage ?? 1)) * rows >= expected) break
        coming.push(ask({ kind: 'page', page: next }))
      }
      return coming
  }
}
