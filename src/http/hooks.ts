import type { FastifyInstance } from 'fastify'
import { notFound, Refusal } from './problem.ts'
import type { HookOutcome, HttpDeps } from './types.ts'

/** A dissolved group may name all its members. */
const BODY_BYTES = 1024 * 1024

/** How many requests came to what, by source. */
export type HookCounts = ReadonlyMap<string, ReadonlyMap<HookOutcome, number>>

const REFUSALS: Readonly<Partial<Record<HookOutcome, string>>> = {
  signature: 'The signature is wrong: check the token or secret of the webhook block against the console.',
  age: 'The time of this request is too far from ours: check both clocks.',
  app: 'This is about another app.',
  body: 'The body cannot be read.',
}

/** `POST /hooks/SOURCE`: the vendors' webhooks. The signature is what lets a request in; nothing is written from it. */
export async function serveHooks(app: FastifyInstance, { hooks = new Map(), log }: HttpDeps): Promise<HookCounts> {
  const counts = new Map([...hooks.keys()].map((source) => [source, new Map<HookOutcome, number>()]))
  const count = (source: string, outcome: HookOutcome): void => {
    const theirs = counts.get(source)
    theirs?.set(outcome, (theirs.get(outcome) ?? 0) + 1)
  }
  await app.register(async (inner) => {
    // The signature of one vendor covers the bytes as they came.
    inner.removeAllContentTypeParsers()
    inner.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    inner.addHook('onError', async (request, _reply, error) => {
      if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') count(sourceOf(request.params), 'oversized')
    })
    inner.post('/hooks/:source', { bodyLimit: BODY_BYTES, schema: { hide: true } }, async (request, reply) => {
      const source = sourceOf(request.params)
      const hook = hooks.get(source)
      if (hook === undefined) throw notFound('webhook: the source needs a webhook block in the sources file')
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      let outcome: HookOutcome = 'failed'
      try {
        outcome = await hook.hear({ query: texts(request.query), headers: texts(request.headers), body })
      } catch (error) {
        log.warn({ err: error, source }, 'a webhook could not be kept')
        throw new Refusal(503, 'This could not be kept. Try again.')
      } finally {
        count(source, outcome)
      }
      const refusal = REFUSALS[outcome]
      if (refusal !== undefined) throw new Refusal(outcome === 'body' ? 400 : 401, refusal)
      return reply.type('application/json').send(hook.answer)
    })
  })
  return counts
}

function sourceOf(params: unknown): string {
  return texts(params)['source'] ?? ''
}

/** The values that are one text. */
function texts(values: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values ?? {}).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  )
}
