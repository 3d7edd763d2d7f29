import { z } from 'zod'
import { stream } from '../events.ts'
import { notFound, Refusal } from '../problem.ts'
import { id, resyncState, sourceName } from '../schemas.ts'
import type { HttpDeps, ResyncState } from '../types.ts'
import type { Api } from './app.ts'

const body = z
  .strictObject({
    source: sourceName,
    groups: z.array(id).max(1000).default([]),
    accounts: z.array(id).max(1000).default([]),
    all: z.boolean().default(false).describe('the whole source'),
  })
  .refine(({ groups, accounts, all }) => all !== groups.length + accounts.length > 0, {
    message: 'name groups or accounts, or say "all": true',
  })
const params = z.object({ id: z.string().max(100) })

export function serveResync(api: Api, { resync, sources }: HttpDeps): void {
  const ready = () => {
    if (resync === null) throw new Refusal(501, 'This process only shows the history: it reads no vendor.')
    return resync
  }
  const find = async (number: string): Promise<ResyncState> => {
    const state = await ready().state(number)
    if (state === null) throw notFound('such resync')
    return state
  }

  api.post(
    '/api/resync',
    {
      schema: {
        summary:
          'Reads groups, accounts or a source again, ahead of scheduled work. The same ask while it waits or runs is one.',
        tags: ['resync'],
        body,
        response: { 202: resyncState },
      },
    },
    async ({ body: { source, groups, accounts } }, reply) => {
      if (!sources.some(({ name }) => name === source)) throw notFound('such source in the configuration')
      const state = await ready().start({
        source,
        groups: [...new Set(groups)].sort(),
        accounts: [...new Set(accounts)].sort(),
      })
      return reply.code(202).header('location', `/api/resync/${state.id}`).send(show(state))
    },
  )
  api.get(
    '/api/resync/:id',
    { schema: { summary: 'How far a resync is', tags: ['resync'], params, response: { 200: resyncState } } },
    async ({ params: { id: number } }) => show(await find(number)),
  )
  api.get(
    '/api/resync/:id/events',
    { schema: { summary: 'How far a resync is, live (text/event-stream)', tags: ['resync'], params } },
    (request, reply) =>
      stream(
        request,
        reply,
        () => find(request.params.id),
        ({ state }) => state === 'done' || state === 'failed',
      ),
  )
}

const show = (state: ResyncState) => ({ ...state, groups: [...state.groups], accounts: [...state.accounts] })
