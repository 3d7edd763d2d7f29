import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import files from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { Refusal } from './problem.ts'

const NOT_BUILT = 'The page is not built: run "npm run build". The API is under /api.'

/** The built page: files with a hash in their name for ever, and the same document for every address the page knows. */
export async function servePages(app: FastifyInstance, webRoot: string): Promise<void> {
  const index = readIndex(webRoot)
  if (index !== null) {
    await app.register(files, {
      root: join(webRoot, 'assets'),
      prefix: '/assets/',
      preCompressed: true,
      immutable: true,
      maxAge: '365d',
      index: false,
    })
  }
  app.setNotFoundHandler((request, reply) => {
    const [path = '/'] = request.url.split('?', 1)
    const known = /^\/$|^\/(groups|accounts|changes|runs|held|reports)(\/|$)/.test(path)
    if (request.method === 'GET' && known && index === null) throw new Refusal(503, NOT_BUILT)
    if (request.method === 'GET' && index !== null && (known || mistyped(path, request.headers.accept))) {
      reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8')
      return reply.code(known ? 200 : 404).send(index)
    }
    throw new Refusal(404, 'There is nothing here.')
  })
}

/** An address that a person has mistyped: the page says so, in a page. */
const mistyped = (path: string, accept = ''): boolean =>
  accept.includes('text/html') && !/^\/(api|assets|hooks|metrics|queues)(\/|$)/.test(path)

function readIndex(webRoot: string): string | null {
  try {
    return readFileSync(join(webRoot, 'index.html'), 'utf8')
  } catch {
    return null
  }
}
