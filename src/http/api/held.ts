import { z } from 'zod'
import { notFound, Refusal } from '../problem.ts'
import { time } from '../schemas.ts'
import type { HttpDeps } from '../types.ts'
import type { Api } from './app.ts'

const item = z.object({
  id: z.string(),
  source: z.string(),
  groupId: z.string(),
  groupName: z.string().nullable(),
  kind: z.enum(['leaves', 'dissolved']),
  count: z.int(),
  of: z.int(),
  since: time,
  reason: z.string(),
  accounts: z.array(z.string()),
})
const params = z.object({ id: z.string().max(100) })
export const decidedAnswer = z.object({
  says: z.string(),
  runId: z.int().nullable().describe('the run that read the group again'),
})

export const heldAnswer = z.object({ held: z.array(item), canDecide: z.boolean() })

export function serveHeld(api: Api, { held }: HttpDeps): void {
  api.get(
    '/api/held',
    {
      schema: {
        summary: 'Leaves that a guard holds back',
        tags: ['held'],
        response: { 200: heldAnswer },
      },
    },
    async () => {
      const items = held === null ? [] : await held.list()
      return { held: items.map((one) => ({ ...one, accounts: [...one.accounts] })), canDecide: held !== null }
    },
  )
  for (const verb of ['approve', 'reject'] as const) {
    api.post(
      `/api/held/:id/${verb}`,
      {
        schema: {
          summary: verb === 'approve' ? 'Reads the group again and lets go who is still gone' : 'Keeps everybody in',
          tags: ['held'],
          params,
          response: { 200: decidedAnswer },
        },
      },
      async ({ params: { id } }) => {
        if (held === null) throw new Refusal(501, 'This process cannot decide about held leaves.')
        const said = await held[verb](id)
        if (said === null) throw notFound('such held leave any more')
        return said
      },
    )
  }
}
