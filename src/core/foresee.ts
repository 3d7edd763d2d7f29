import type { Fetch, Page, Walk } from './walk.ts'

/**
 * What `fold` asks for after this page unless it finds something amiss: known before the rows are dealt with, so that it
 * can be fetched meanwhile. Null where this page may be the last.
 */
export function foresee({ plan, position, size, pages, last }: Walk, page: Page): Fetch | null {
  const rows = page.rows.length + page.bad.length
  switch (position.kind) {
    case 'offset': {
      if (rows < size || (pages > 0 && page.rows[0]?.accountId !== last)) return null
      return { do: 'fetch', position: { kind: 'offset', offset: position.offset + rows - 1 }, size }
    }
    case 'token':
      return page.next === null ? null : { do: 'fetch', position: { kind: 'token', token: page.next }, size }
    case 'page':
      if (rows === 0 || rows < Math.min(plan.sureSize ?? size, size)) return null
      return { do: 'fetch', position: { kind: 'page', page: position.page + 1 }, size }
  }
}
