import { z } from 'zod'
import { readCursor, writeCursor } from '../cursor.ts'
import { Refusal } from '../problem.ts'
import { at, change, cursor, id, kinds, limit, list, moment, next, sourceName } from '../schemas.ts'
import type { HttpDeps } from '../types.ts'
import type { Api } from './app.ts'

const place = z.object({
  run: z.int(),
  about: z.int(),
  id: z
    .string()
    .regex(/^\d{1,19}$/)
    .nullable(),
})

const querystring = z.object({
  source: sourceName.optional(),
  group: id.optional().describe('needs `source`'),
  account: id.optional(),
  kind: list(kinds).describe('kinds, separated by commas'),
  joins: z
    .enum(['seen', 'found'])
    .optional()
    .describe('of joins only those between two reads, or only those that a first read found'),
  run: z.coerce.number().int().min(1).max(2_147_483_647).optional().describe('what one run found'),
  since: moment.optional().describe('inclusive'),
  until: moment.optional().describe('exclusive'),
  order: z.enum(['newest', 'oldest']).default('newest').describe('by run, then by the order of writing'),
  cursor,
  limit: limit(1000, 100),
})

export const changesAnswer = z.object({ changes: z.array(change), next })

export function serveChanges(api: Api, { data }: HttpDeps): void {
  api.get(
    '/api/changes',
    {
      schema: {
        summary: 'The change feed, page by page; a page may be short of changes and yet have a next one',
        tags: ['changes'],
        querystring,
        response: { 200: changesAnswer },
      },
    },
    async ({ query }) => {
      if (query.group !== undefined && query.source === undefined)
        throw new Refusal(400, 'A group is known by its source: give `source` too.')
      const page = await data.changes({
        source: query.source ?? null,
        groupId: query.group ?? null,
        accountId: query.account ?? null,
        kinds: query.kind ?? null,
        joins: query.joins ?? null,
        run: query.run ?? null,
        since: query.since === undefined ? null : at(query.since),
        until: query.until === undefined ? null : at(query.until),
        newestFirst: query.order === 'newest',
        after: readCursor(query.cursor, place),
        limit: query.limit,
      })
      const changes = page.changes.map(({ about, id: number, ...rest }) => ({
        ...rest,
        id: String(number),
        about: about === 0 ? ('member' as const) : ('group' as const),
      }))
      return { changes, next: page.next === null ? null : writeCursor(page.next) }
    },
  )
}
