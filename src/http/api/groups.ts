import { z } from 'zod'
import { readCursor, writeCursor } from '../cursor.ts'
import { coverages, cursor, limit, list, next, search, sourceName, time } from '../schemas.ts'
import type { HttpDeps } from '../types.ts'
import type { Api } from './app.ts'

const listed = z.object({
  source: z.string(),
  groupId: z.string(),
  name: z.string().nullable(),
  type: z.string(),
  ownerId: z.string().nullable(),
  members: z.int(),
  vendorCount: z.int().nullable(),
  maxMembers: z.int().nullable(),
  coverage: z.enum(coverages),
  createdAt: time.nullable(),
  firstSeenAt: time,
  lastReadAt: time.nullable(),
  completeAt: time.nullable(),
  dissolvedAt: time.nullable(),
})

const querystring = z.object({
  source: sourceName.optional(),
  q: search.describe('part of the name or the id'),
  state: z.enum(['standing', 'dissolved', 'all']).default('standing'),
  type: z.string().max(200).optional().describe('types, separated by commas'),
  coverage: list(coverages).describe('separated by commas'),
  read: z.enum(['stale']).optional().describe('those alone whose last complete read is more than a day old'),
  sort: z.enum(['name', 'members', 'read', 'created', 'seen']).default('members'),
  order: z.enum(['asc', 'desc']).optional().describe('default: names upwards, all else downwards'),
  cursor,
  limit: limit(200, 50),
})

const place = z.object({ key: z.string().max(2000), groupNo: z.int() })

const found = z.object({
  what: z.enum(['group', 'account']),
  source: z.string(),
  id: z.string(),
  name: z.string().nullable(),
  members: z.int().describe('of a group its members, of an account its groups'),
})

export const groupsAnswer = z.object({
  groups: z.array(listed),
  next,
  types: z
    .array(z.object({ type: z.string(), groups: z.int() }))
    .nullable()
    .describe('how many fit, by type, whichever types are asked for; null after the first page'),
})

export const findAnswer = z.object({ found: z.array(found) })

export function serveGroups(api: Api, { data }: HttpDeps): void {
  api.get(
    '/api/groups',
    {
      schema: {
        summary: 'Groups: search, filter, sort, page by page',
        tags: ['groups'],
        querystring,
        response: {
          200: groupsAnswer,
        },
      },
    },
    async ({ query }) => {
      const after = readCursor(query.cursor, place)
      const of = {
        source: query.source ?? null,
        q: query.q ?? null,
        state: query.state,
        types: query.type === undefined || query.type === '' ? null : query.type.split(','),
        coverage: query.coverage ?? null,
        stale: query.read === 'stale',
        sort: query.sort,
        descending: query.order === undefined ? query.sort !== 'name' : query.order === 'desc',
        after,
        limit: query.limit + 1,
      }
      const [rows, types] = await Promise.all([data.groups(of), after === null ? data.groupCounts(of) : null])
      const groups = rows.slice(0, query.limit)
      const last = groups.at(-1)
      const more = rows.length > query.limit && last !== undefined
      return { groups, types, next: more ? writeCursor({ key: last.key, groupNo: last.groupNo }) : null }
    },
  )

  api.get(
    '/api/find',
    {
      schema: {
        summary: 'Groups by name or id, and accounts that begin with a text',
        tags: ['groups'],
        querystring: z.object({ q: z.string().trim().min(1).max(200), limit: limit(20, 6) }),
        response: { 200: findAnswer },
      },
    },
    async ({ query }) => ({ found: await data.find(query.q, query.limit) }),
  )
}
