import { VendorError } from '../../core/errors.ts'
import type { Raw } from '../raw.ts'
import type { Caller } from './refusal.ts'
import { yesNo } from './words.ts'

/** The greatest page of every list (Y3.2, Y3.4). */
export const PAGE_SIZE = 100

/** `&page_token=…`, or nothing for the first page. */
export function tokenParameter(token: string | null): string {
  return token === null ? '' : `&page_token=${encodeURIComponent(token)}`
}

/**
 * The next page's token, null at the vendor's own end, which is `has_more` and not the look of `next_token` (Y3.2).
 * Throws `retry` where more is promised and no way to it is given.
 */
export function nextToken(caller: Caller, endpoint: string, data: Raw): string | null {
  const { has_more: hasMore, next_token: token } = data
  const given = typeof token === 'number' ? String(token) : token
  const known = typeof given === 'string' && given !== '' ? given : null
  if (hasMore === undefined) return known
  const more = yesNo(hasMore)
  if (more === false) return null
  if (more === true && known !== null) return known
  const says = more === true ? 'has_more is true, and next_token is empty' : 'has_more is neither true nor false'
  throw broken(caller, endpoint, says)
}

function broken({ host }: Caller, endpoint: string, says: string): VendorError {
  return new VendorError(`${host} ${endpoint}: ${says}`, { fault: 'retry', code: 'paging', endpoint })
}
