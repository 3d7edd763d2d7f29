import { z } from 'zod'
import type { Report, ReportAsk } from '../../store/reports/types.ts'
import { notFound, Refusal } from '../problem.ts'
import { at, id, limit, moment, sourceName, time, zone } from '../schemas.ts'
import type { HttpDeps } from '../types.ts'
import type { Api } from './app.ts'
import { toCsv } from './csv.ts'

const DAY = 86_400_000
const BACK = 30
const MOST_ROWS = 5000

export const described = z.object({
  name: z.string(),
  family: z.string(),
  asks: z.string(),
  needs: z.array(z.enum(['group', 'other', 'account'])),
  by: z.array(z.string()),
  step: z.array(z.string()),
  days: z.int().nullable(),
  back: z.int(),
  draws: z.object({ as: z.enum(['bar', 'sparkline']), of: z.string() }).nullable(),
  sql: z.string(),
})

const querystring = z.object({
  source: sourceName,
  group: id.optional(),
  other: id.optional(),
  account: id.optional(),
  since: moment.optional(),
  until: moment.optional(),
  at: moment.optional(),
  zone,
  by: z.string().max(40).optional(),
  step: z.string().max(40).optional(),
  days: z.coerce.number().int().min(1).max(36_500).optional(),
  most: limit(100_000, 100),
})
type Query = z.output<typeof querystring>

export const reportsAnswer = z.object({ reports: z.array(described) })

export const reportAnswer = z.object({
  report: described,
  columns: z.array(z.object({ name: z.string(), kind: z.enum(['text', 'number', 'boolean', 'time', 'date', 'json']) })),
  rows: z.array(z.array(z.string().nullable())),
  count: z.int(),
  keptFrom: time.nullable().describe('stays that ended before are kept no more, nor counted'),
})

export function serveReports(api: Api, { data }: HttpDeps): void {
  const find = (name: string): Report => {
    const report = data.reports.find((one) => one.name === name)
    if (report === undefined) throw notFound('such report')
    return report
  }
  const params = z.object({ name: z.string().max(100) })

  api.get(
    '/api/reports',
    {
      schema: {
        summary: 'The ready reports',
        tags: ['reports'],
        response: { 200: reportsAnswer },
      },
    },
    async () => ({ reports: data.reports.map(describe) }),
  )

  api.get(
    '/api/reports/:name',
    {
      schema: {
        summary: `A report as columns and rows, at the most ${MOST_ROWS} of them; cells are PostgreSQL's own text`,
        tags: ['reports'],
        params,
        querystring,
        response: {
          200: reportAnswer,
        },
      },
    },
    async ({ params: { name }, query }) => {
      const report = find(name)
      const { columns, rows, keptFrom } = await data.report(report, askOf(report, query, await data.now()))
      return {
        report: describe(report),
        columns: [...columns],
        rows: rows.slice(0, MOST_ROWS).map((row) => [...row]),
        count: rows.length,
        keptFrom: typeof keptFrom === 'number' ? new Date(keptFrom).toISOString() : null,
      }
    },
  )

  api.get(
    '/api/reports/:name/csv',
    { schema: { summary: 'A report as CSV, all of it', tags: ['reports'], params, querystring } },
    async ({ params: { name }, query }, reply) => {
      const report = find(name)
      const table = await data.report(report, askOf(report, query, await data.now()))
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${report.name}.csv"`)
        .send(toCsv([table.columns.map((column) => column.name), ...table.rows]))
    },
  )
}

function describe({ name, family, asks, sql, needs, by, step, days, back, draws }: Report): z.output<typeof described> {
  return {
    name,
    family,
    asks,
    sql,
    needs: [...(needs ?? [])],
    by: [...(by ?? [])],
    step: [...(step ?? [])],
    days: days ?? null,
    back: back ?? BACK,
    draws: draws ?? null,
  }
}

function askOf(report: Report, query: Query, now: number): ReportAsk {
  const missing = (report.needs ?? []).filter((need) => query[need] === undefined)
  if (missing.length > 0) throw new Refusal(400, `This report needs: ${missing.join(', ')}.`)
  for (const choice of ['by', 'step'] as const) {
    const given = query[choice]
    if (given !== undefined && !(report[choice] ?? []).includes(given))
      throw new Refusal(400, `\`${choice}\` can be: ${(report[choice] ?? ['nothing']).join(', ')}.`)
  }
  const until = query.until === undefined ? now : at(query.until)
  const since = query.since === undefined ? until - (report.back ?? BACK) * DAY : at(query.since)
  if (since >= until) throw new Refusal(400, '`since` must be before `until`.')
  return {
    source: query.source,
    group: query.group ?? null,
    other: query.other ?? null,
    account: query.account ?? null,
    since,
    until,
    at: query.at === undefined ? now : at(query.at),
    zone: query.zone,
    by: query.by ?? report.by?.[0] ?? null,
    step: query.step ?? report.step?.[0] ?? null,
    days: query.days ?? report.days ?? null,
    most: query.most,
  }
}
