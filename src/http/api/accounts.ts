import { z } from 'zod'
import { notFound } from '../problem.ts'
import { id, roles, sourceName, time } from '../schemas.ts'
import type { HttpDeps } from '../types.ts'
import type { Api } from './app.ts'

const MOST = 2000

export const stay = z.object({
  groupId: z.string(),
  name: z.string().nullable(),
  type: z.string(),
  dissolvedAt: time.nullable(),
  role: z.enum(roles),
  nameCard: z.string().nullable(),
  startNotBefore: time.nullable(),
  startAt: time,
  endNotBefore: time.nullable(),
  endAt: time.nullable().describe('null while it lasts'),
  joinedAt: time.nullable(),
  startRunId: z.int(),
  endRunId: z.int().nullable(),
})

export const accountAnswer = z.object({
  source: z.string(),
  accountId: z.string(),
  now: time,
  stays: z.array(stay),
  more: z.boolean(),
})

export function serveAccounts(api: Api, { data }: HttpDeps): void {
  api.get(
    '/api/accounts/:source/:account',
    {
      schema: {
        summary: `The stays of an account: those that last first, at the most ${MOST}`,
        tags: ['accounts'],
        params: z.object({ source: sourceName, account: id }),
        response: {
          200: accountAnswer,
        },
      },
    },
    async ({ params: { source, account } }) => {
      const [stays, now] = await Promise.all([data.stays(source, account, MOST + 1), data.now()])
      if (stays.length === 0) throw notFound('stay of this account in the history')
      return {
        source,
        accountId: account,
        now: new Date(now).toISOString(),
        stays: stays.slice(0, MOST),
        more: stays.length > MOST,
      }
    },
  )
}
