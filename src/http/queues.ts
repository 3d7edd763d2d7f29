import type { FastifyInstance } from 'fastify'
import { policyWith } from './security.ts'
import { Refusal } from './problem.ts'
import type { HttpDeps } from './types.ts'

export const QUEUES_AT = '/queues'
const SAFE = new Set(['GET', 'HEAD'])
/** The one `<style>` that the board's script makes: the colours of its icon of Redis. */
const ICON_STYLE = "'sha256-r2N1TB/gHbBtBZFKg7ejmq1acVSREzucTAEw6ga4hoU='"
/** The board's document finds its own files by `<base href>`, which nothing else here may use. */
const POLICY = policyWith("base-uri 'self'", `style-src 'self' ${ICON_STYLE}`)

/**
 * Bull Board under /queues, behind the same lock as the API. To be registered before the files of the page: the board
 * brings a file server of its own.
 */
export async function serveQueues(app: FastifyInstance, { queue }: HttpDeps): Promise<void> {
  const board = queue?.board ?? null
  if (board === null) return
  const plugin = await board.open(QUEUES_AT)
  await app.register(
    async (scope) => {
      scope.addHook('onRequest', async (request, reply) => {
        reply.header('content-security-policy', POLICY)
        if (!board.writable && !SAFE.has(request.method))
          throw new Refusal(403, 'The queues are shown read-only: start with HTTP_QUEUES=write to change jobs here.')
      })
      scope.addHook('onSend', async (_, reply, payload) =>
        typeof payload === 'string' && String(reply.getHeader('content-type')).startsWith('text/html')
          ? withoutOthers(payload)
          : payload,
      )
      await scope.register(plugin)
    },
    { prefix: QUEUES_AT },
  )
}

/** Nothing of another host, nothing inline: what the policy forbids anyway, so that no browser complains of it. */
const withoutOthers = (html: string): string =>
  html
    .replaceAll(/<link[^>]*\bhref="https?:[^>]*>/g, '')
    .replaceAll(/<style>[^<]*<\/style>/g, '')
    .replaceAll(/ style="[^"]*"/g, '')
