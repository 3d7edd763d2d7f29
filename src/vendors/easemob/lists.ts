import type { GroupHint } from '../../core/group.ts'
import { countOf, isRaw } from '../raw.ts'
import { refuseRepeats } from '../repeats.ts'
import { createPageSize } from './page-size.ts'
import type { PageSize } from './page-size.ts'
import type { Wire } from './wire.ts'
import { groupIdOf } from './words.ts'

/** The list of all groups now; a server of 2023 serves 100 (E3.1). */
export const createListSize = (): PageSize => createPageSize(1000, 100)

/**
 * `GET /chatgroups` (E3.1): every group of the app, newest first. No cursor ends the list, and a full page followed by an
 * empty one is fine. Throws `retry` when the list repeats a cursor.
 */
export async function* listGroups(wire: Wire, limit: PageSize, signal: AbortSignal): AsyncGenerator<GroupHint[]> {
  const check = refuseRepeats(wire.caller.host, 'listGroups')
  for (let cursor: string | null = null; ; ) {
    const at: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const page = await limit.within(Number.POSITIVE_INFINITY, (size) =>
      wire.ask('listGroups', `/chatgroups?limit=${size}${at}`, {}, signal, (opened) => ({
        hints: opened.rows('data').flatMap(hintOf),
        next: opened.cursor,
      })),
    )
    if (page.hints.length > 0) yield page.hints
    cursor = page.next
    if (cursor === null) return
    check(cursor)
  }
}

/** One row of either list; rows without an id are skipped. `affiliations` is a number here, a list in the detail call. */
export function hintOf(row: unknown): GroupHint[] {
  const groupId = isRaw(row) ? groupIdOf(row) : undefined
  if (!isRaw(row) || groupId === undefined) return []
  const { affiliations, public: isPublic } = row
  const memberCount = Array.isArray(affiliations) ? null : countOf(affiliations)
  return [
    {
      groupId,
      ...(memberCount === null ? {} : { memberCount }),
      ...(typeof isPublic === 'boolean' ? { type: isPublic ? 'public' : 'private' } : {}),
    },
  ]
}
