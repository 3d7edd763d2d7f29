import { z } from 'zod'
import type { RunShown } from '../../store/page/runs.ts'
import { readCursor, writeCursor } from '../cursor.ts'
import { stream } from '../events.ts'
import { notFound } from '../problem.ts'
import { cursor, limit, next, outcomes, run, sourceName, time } from '../schemas.ts'
import type { HttpDeps } from '../types.ts'
import type { Api } from './app.ts'

const number = z.object({ run: z.coerce.number().int().min(1).max(2_147_483_647) })

const receipt = z.object({
  groupId: z.string(),
  name: z.string().nullable(),
  outcome: z.enum(outcomes),
  vendorCount: z.int().nullable(),
  rowsRead: z.int(),
  passes: z.int(),
  calls: z.int(),
  reason: z.string().nullable(),
  beganAt: time,
  endedAt: time,
})

const querystring = z.object({
  source: sourceName.optional(),
  verdict: z.enum(['complete', 'partial', 'failed', 'running']).optional(),
  trigger: z.enum(['schedule', 'manual', 'webhook']).optional(),
  cursor,
  limit: limit(200, 50),
})

export const runsAnswer = z.object({ runs: z.array(run), next })

export const runAnswer = run.extend({ outcomes: z.array(z.object({ outcome: z.enum(outcomes), groups: z.int() })) })

export const runGroupsAnswer = z.object({ groups: z.array(receipt), next })

export function serveRuns(api: Api, { data }: HttpDeps): void {
  api.get(
    '/api/runs',
    {
      schema: {
        summary: 'Runs, newest first',
        tags: ['runs'],
        querystring,
        response: { 200: runsAnswer },
      },
    },
    async ({ query }) => {
      const rows = await data.runs({
        source: query.source ?? null,
        verdict: query.verdict ?? null,
        trigger: query.trigger ?? null,
        before: readCursor(query.cursor, z.object({ before: z.int() }))?.before ?? null,
        limit: query.limit + 1,
      })
      const runs = rows.slice(0, query.limit).map(showRun)
      const last = runs.at(-1)
      return { runs, next: rows.length > query.limit && last !== undefined ? writeCursor({ before: last.id }) : null }
    },
  )

  /** The newest runs again and again, as server-sent events: one event where something has changed. */
  api.get(
    '/api/runs/events',
    { schema: { summary: 'The newest runs, live (text/event-stream)', tags: ['runs'] } },
    (request, reply) => {
      const newest = { source: null, verdict: null, trigger: null, before: null, limit: 20 } as const
      return stream(request, reply, async () => ({ runs: (await data.runs(newest)).map(showRun) }))
    },
  )

  api.get(
    '/api/runs/:run',
    {
      schema: {
        summary: 'One run, with how many groups came to which end',
        tags: ['runs'],
        params: number,
        response: {
          200: runAnswer,
        },
      },
    },
    async ({ params }) => {
      const [one, ends] = await Promise.all([data.run(params.run), data.runOutcomes(params.run)])
      if (one === null) throw notFound('such run')
      return { ...showRun(one), outcomes: ends }
    },
  )

  api.get(
    '/api/runs/:run/groups',
    {
      schema: {
        summary: 'What came of each group of a run, what went wrong first',
        tags: ['runs'],
        params: number,
        querystring: z.object({ outcome: z.enum(outcomes).optional(), cursor, limit: limit(500, 100) }),
        response: { 200: runGroupsAnswer },
      },
    },
    async ({ params, query }) => {
      const after = readCursor(query.cursor, z.object({ rank: z.int(), groupId: z.string() }))
      const rows = await data.runReads({
        run: params.run,
        outcome: query.outcome ?? null,
        after,
        limit: query.limit + 1,
      })
      const groups = rows.slice(0, query.limit)
      const last = groups.at(-1)
      const more = rows.length > query.limit && last !== undefined
      return { groups, next: more ? writeCursor({ rank: last.rank, groupId: last.groupId }) : null }
    },
  )
}

/** A run as the API shows it. */
export function showRun(row: RunShown): z.output<typeof run> {
  return {
    id: row.id,
    source: row.source,
    trigger: row.trigger,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
    verdict: row.verdict,
    reason: row.reason,
    groups: {
      seen: row.groupsSeen,
      complete: row.groupsComplete,
      partial: row.groupsPartial,
      gone: row.groupsGone,
      failed: row.groupsFailed,
      unchanged: row.groupsUnchanged,
      unwalked: row.groupsUnwalked,
    },
    members: {
      read: row.membersRead,
      joined: row.membersJoined,
      left: row.membersLeft,
      changed: row.membersChanged,
      held: row.membersHeld,
    },
    calls: row.calls,
    rateLimited: row.rateLimited,
    durationMs: row.durationMs,
    live:
      row.finishedAt !== null || row.liveGroups === null || row.liveGroups === 0
        ? null
        : { groups: row.liveGroups, done: row.liveDone ?? 0, members: row.liveMembers ?? 0 },
  }
}
