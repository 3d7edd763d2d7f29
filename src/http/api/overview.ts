import { z } from 'zod'
import type { HttpDeps } from '../types.ts'
import { run, sourceName, step, time, zone } from '../schemas.ts'
import type { Api } from './app.ts'
import { showRun } from './runs.ts'

const DAY = 86_400_000

const source = z.object({
  name: z.string(),
  vendor: z.string(),
  configured: z.boolean(),
  groups: z.int(),
  dissolved: z.int(),
  members: z.int(),
  stale: z.int().describe('groups whose last complete read is more than a day old'),
  uncovered: z.int().describe('groups that were never read completely'),
  oldestComplete: time.nullable(),
  newestRead: time.nullable(),
  provenFrom: time.nullable().describe('the first complete read of any group: nothing is proven before it'),
  held: z.int(),
  schedule: z.object({ pattern: z.string(), timezone: z.string() }).nullable(),
  nextRun: time.nullable(),
  lastRun: run.nullable(),
  calls: z.array(
    z.object({
      endpoint: z.string(),
      calls: z.int().describe('in the last 24 hours'),
      total: z.int(),
      perSecond: z.number().nullable().describe('what this worker may make'),
    }),
  ),
})

const sizes = step.extend({ groups: z.int() })

export const sourcesAnswer = z.object({ now: time, version: z.string(), sources: z.array(source) })

export const daysAnswer = z.object({ days: z.array(sizes) })

export function serveOverview(api: Api, { data, sources: configured, held, version }: HttpDeps): void {
  api.get(
    '/api/sources',
    {
      schema: {
        summary: 'The sources: freshness, size, last and next run, calls',
        tags: ['overview'],
        response: { 200: sourcesAnswer },
      },
    },
    async () => {
      const [now, stored, calls, items] = await Promise.all([
        data.now(),
        data.sources(),
        data.callTotals(),
        held === null ? [] : held.list(),
      ])
      const names = [...new Set([...stored.map(({ name }) => name), ...configured.map(({ name }) => name)])]
      const sources = await Promise.all(
        names.map(async (name) => {
          const kept = stored.find((one) => one.name === name)
          const known = configured.find((one) => one.name === name)
          const [last] = await data.runs({ source: name, verdict: null, trigger: null, before: null, limit: 1 })
          const nextRun = known?.nextRun(now) ?? null
          return {
            name,
            vendor: kept?.vendor ?? known?.vendor ?? '',
            configured: known !== undefined,
            groups: kept?.groups ?? 0,
            dissolved: kept?.dissolved ?? 0,
            members: kept?.members ?? 0,
            stale: kept?.stale ?? 0,
            uncovered: kept?.uncovered ?? 0,
            oldestComplete: kept?.oldestComplete ?? null,
            newestRead: kept?.newestRead ?? null,
            provenFrom: kept?.provenFrom ?? null,
            held: items.filter((item) => item.source === name).reduce((sum, { count }) => sum + count, 0),
            schedule: known?.schedule ?? null,
            nextRun: nextRun === null ? null : new Date(nextRun).toISOString(),
            lastRun: last === undefined ? null : showRun(last),
            calls: calls
              .filter((one) => one.source === name)
              .map(({ endpoint, callsDay, calls: total }) => {
                const rate = known?.rates[endpoint]
                return {
                  endpoint,
                  calls: callsDay,
                  total,
                  perSecond: rate === undefined || !Number.isFinite(rate) ? null : rate,
                }
              }),
          }
        }),
      )
      return { now: new Date(now).toISOString(), version, sources }
    },
  )

  api.get(
    '/api/sources/:source/days',
    {
      schema: {
        summary: 'Members, groups, joins and leaves of a source, day by day',
        tags: ['overview'],
        params: z.object({ source: sourceName }),
        querystring: z.object({ days: z.coerce.number().int().min(1).max(1500).default(60), zone }),
        response: { 200: daysAnswer },
      },
    },
    async ({ params, query }) => {
      const until = (await data.now()) + 1
      const of = { source: params.source, since: until - (query.days - 1) * DAY, until, zone: query.zone }
      const [steps, groups] = await Promise.all([
        data.series({ ...of, groupId: null, step: 'day' }),
        data.groupsByDay(of),
      ])
      const byDay = new Map(groups.map((day) => [day.at, day.groups]))
      return { days: steps.map((day) => ({ ...day, groups: byDay.get(day.at) ?? 0 })) }
    },
  )
}
