import type { FastifyInstance } from 'fastify'
import type { HttpDeps } from './types.ts'

const PATIENCE_MS = 3_000

/** `/livez`: this process answers. `/readyz`: the database and the queue answer it. */
export function serveHealth(app: FastifyInstance, { data, queue }: HttpDeps): void {
  app.get('/livez', { schema: { hide: true } }, async () => ({ alive: true }))
  app.get('/readyz', { schema: { hide: true } }, async (_, reply) => {
    const [database, jobs] = await Promise.all([
      answers(data.now()),
      queue === null ? Promise.resolve(null) : answers(queue.ready()),
    ])
    const ready = database && jobs !== false
    return reply.code(ready ? 200 : 503).send({ ready, database, queue: jobs })
  })
}

async function answers(question: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MS)
  })
  try {
    return await Promise.race([question.then(() => true).catch(() => false), late])
  } finally {
    clearTimeout(timer)
  }
}
