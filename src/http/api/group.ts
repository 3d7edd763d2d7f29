import { z } from 'zod'
import { readCursor, writeCursor } from '../cursor.ts'
import { notFound, Refusal } from '../problem.ts'
import {
  at,
  coverages,
  cursor,
  id,
  limit,
  moment,
  next,
  outcomes,
  roles,
  search,
  sourceName,
  step,
  time,
  zone,
} from '../schemas.ts'
import type { HttpDeps } from '../types.ts'
import type { Api } from './app.ts'

const params = z.object({ source: sourceName, group: id })
const DAY = 86_400_000
const MOST_STEPS = 3000
const READS = 60

const group = z.object({
  source: z.string(),
  groupId: z.string(),
  type: z.string(),
  name: z.string().nullable(),
  ownerId: z.string().nullable(),
  members: z.int(),
  vendorCount: z.int().nullable(),
  maxMembers: z.int().nullable(),
  muteAll: z.boolean().nullable(),
  joinMode: z.enum(['free', 'approval', 'closed']).nullable(),
  createdAt: time.nullable(),
  attributes: z.record(z.string(), z.unknown()).nullable(),
  firstSeenAt: time,
  dissolvedAt: time.nullable(),
  coverage: z.enum(coverages),
  lastReadAt: time.nullable(),
  completeAt: time.nullable(),
  provenFrom: time.nullable().describe('the first complete read: no roll is proven before it'),
  unseen: z.int().describe('members that the last complete read did not show and that are not proven gone'),
})

const read = z.object({
  runId: z.int(),
  beganAt: time,
  endedAt: time,
  outcome: z.enum(outcomes),
  vendorCount: z.int().nullable(),
  rowsRead: z.int(),
  reason: z.string().nullable(),
})

const member = z.object({
  accountId: z.string(),
  role: z.enum(roles),
  nameCard: z.string().nullable(),
  joinedAt: time.nullable(),
  proven: z.boolean(),
})

export const groupAnswer = group.extend({ reads: z.array(read) })

export const seriesAnswer = z.object({ step: z.enum(['hour', 'day', 'week']), steps: z.array(step) })

export const membersAnswer = z.object({
  at: time,
  total: z.int(),
  unproven: z.int(),
  owners: z.int(),
  admins: z.int(),
  fitting: z.int().describe('how many fit `q` and `role`'),
  members: z.array(member),
  next,
})

export function serveGroup(api: Api, { data }: HttpDeps): void {
  api.get(
    '/api/groups/:source/:group',
    {
      schema: {
        summary: 'One group, with its newest reads',
        tags: ['groups'],
        params,
        response: { 200: groupAnswer },
      },
    },
    async ({ params: { source, group: groupId } }) => {
      const [one, reads] = await Promise.all([data.group(source, groupId), data.groupReads(source, groupId, READS)])
      if (one === null) throw notFound('such group')
      return { ...one, reads }
    },
  )

  api.get(
    '/api/groups/:source/:group/series',
    {
      schema: {
        summary: 'Size, joins and leaves over time',
        tags: ['groups'],
        params,
        querystring: z.object({
          since: moment.optional(),
          until: moment.optional(),
          step: z.enum(['hour', 'day', 'week']).optional().describe('default: what gives a readable number of steps'),
          zone,
        }),
        response: { 200: seriesAnswer },
      },
    },
    async ({ params: { source, group: groupId }, query }) => {
      const one = await data.group(source, groupId)
      if (one === null) throw notFound('such group')
      const until = query.until === undefined ? (await data.now()) + 1 : at(query.until)
      const since = query.since === undefined ? Date.parse(one.firstSeenAt) - DAY : at(query.since)
      if (since >= until) throw new Refusal(400, '`since` must be before `until`.')
      const unit = query.step ?? stepFor(until - since)
      if ((until - since) / STEP_MS[unit] > MOST_STEPS)
        throw new Refusal(400, `That is more than ${MOST_STEPS} steps: take longer ones.`)
      return { step: unit, steps: await data.series({ source, groupId, since, until, zone: query.zone, step: unit }) }
    },
  )

  api.get(
    '/api/groups/:source/:group/members',
    {
      schema: {
        summary: 'The roll at a moment (members_at), page by page',
        tags: ['groups'],
        params,
        querystring: z.object({
          at: moment.optional().describe('default: now'),
          q: search.describe('part of the account or the name card'),
          role: z.enum(roles).optional(),
          cursor,
          limit: limit(1000, 100),
        }),
        response: {
          200: membersAnswer,
        },
      },
    },
    async ({ params: { source, group: groupId }, query }) => {
      const from = readCursor(query.cursor, z.object({ at: z.number(), offset: z.int().min(0) }))
      const when = from?.at ?? (query.at === undefined ? await data.now() : at(query.at))
      const offset = from?.offset ?? 0
      if (offset === 0 && (await data.group(source, groupId)) === null) throw notFound('such group')
      const page = await data.roll({
        source,
        groupId,
        at: when,
        q: query.q ?? null,
        role: query.role ?? null,
        offset,
        limit: query.limit,
      })
      const seen = offset + page.members.length
      return {
        ...page,
        members: [...page.members],
        at: new Date(when).toISOString(),
        next: seen < page.fitting && page.members.length > 0 ? writeCursor({ at: when, offset: seen }) : null,
      }
    },
  )
}

const STEP_MS = { hour: DAY / 24, day: DAY, week: 7 * DAY } as const

function stepFor(stretch: number): 'hour' | 'day' | 'week' {
  if (stretch <= 4 * DAY) return 'hour'
  return stretch <= 800 * DAY ? 'day' : 'week'
}
