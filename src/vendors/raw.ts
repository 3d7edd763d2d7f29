/** Hand checks of parsed JSON that every adapter needs: cheap enough to run once for each field of each member. */

export type Raw = Readonly<Record<string, unknown>>

export function isRaw(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The list, or an empty one for whatever is not a list. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** What PostgreSQL's `integer` holds. */
const MOST = 2 ** 31 - 1

/** A count: a whole number from 0 that the database can hold; null for anything else, such as 4294967295 for no limit. */
export function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= MOST ? value : null
}

/** `limit`-sized slices, in order. */
export function slices<T>(items: readonly T[], limit: number): T[][] {
  const parts: T[][] = []
  for (let at = 0; at < items.length; at += limit) parts.push(items.slice(at, at + limit))
  return parts
}
