import cookie from '@fastify/cookie'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { createAttempts } from './attempts.ts'
import { Refusal } from './problem.ts'
import { COOKIE, createSessions, sameText, SESSION_SECONDS } from './session.ts'

/** Nothing from elsewhere, nothing inline, no frame around it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
]

/** The same policy with some of its directives said anew. */
export function policyWith(...directives: readonly string[]): string {
  const nameOf = (directive: string): string => directive.split(' ', 1)[0] ?? ''
  return POLICY.map((one) => directives.find((other) => nameOf(other) === nameOf(one)) ?? one).join('; ')
}

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY.join('; '),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
}

/** What needs the token: everything that tells or does something. The page's own files tell nothing. */
const GUARDED = /^\/(api|metrics|queues)(\/|$)/
const OPEN = new Set(['/api/session'])
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

export interface Guard {
  readonly token: string | null
  readonly now: () => number
}

/** Who may ask for what. Registered before every route. */
export async function guard(app: FastifyInstance, { token, now }: Guard): Promise<void> {
  await app.register(cookie)
  const attempts = createAttempts(now)
  const sessions = token === null ? null : createSessions(token, now)

  /** True for the right token, an error for a wrong one; too many wrong ones from an address and it is not looked at. */
  const checkToken = (request: FastifyRequest, reply: FastifyReply, given: string): boolean => {
    const wait = attempts.waitSeconds(request.ip)
    if (wait > 0) {
      reply.header('retry-after', wait)
      throw new Refusal(429, `Too many wrong tokens from this address. Try again in ${wait} s.`)
    }
    if (token !== null && sameText(given, token)) return true
    attempts.wrong(request.ip)
    throw new Refusal(401, 'The token is wrong.')
  }

  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS)
    const [path = '/'] = request.url.split('?', 1)
    // A vendor comes from elsewhere, under the name of a proxy, and its signature is what lets it in.
    if (path.startsWith('/hooks/')) return
    if (GUARDED.test(path)) reply.header('cache-control', 'no-store')
    // Without a token the loopback address is the only lock: another name for it may be a web site's trick.
    if (token === null && !isLoopbackName(request.host))
      throw new Refusal(403, 'This page answers to localhost alone: use 127.0.0.1, or start it with HTTP_TOKEN.')
    const bearer = /^Bearer\s+(\S.*)$/i.exec(request.headers.authorization ?? '')?.[1]
    if (!SAFE.has(request.method) && bearer === undefined) refuseForeign(request)
    if (sessions === null || !GUARDED.test(path) || OPEN.has(path)) return
    if (bearer !== undefined) return void checkToken(request, reply, bearer)
    const session = request.cookies[COOKIE]
    if (session !== undefined && sessions.holds(session)) return
    reply.header('www-authenticate', 'Bearer realm="rollcall"')
    throw new Refusal(
      401,
      'This needs the token (HTTP_TOKEN): sign in on the page, or send Authorization: Bearer TOKEN.',
    )
  })

  const body = z.object({ token: z.string().min(1).max(1000) })
  app.post('/api/session', { schema: { hide: true, body } }, async (request, reply) => {
    if (sessions === null) return reply.code(204).send()
    checkToken(request, reply, body.parse(request.body).token)
    reply.setCookie(COOKIE, sessions.issue(), {
      path: '/',
      httpOnly: true,
      sameSite: 'strict',
      secure: request.protocol === 'https',
      maxAge: SESSION_SECONDS,
    })
    return reply.code(204).send()
  })
  app.delete('/api/session', { schema: { hide: true } }, async (_, reply) =>
    reply.clearCookie(COOKIE, { path: '/' }).code(204).send(),
  )
}

/** A request that changes something and comes from another site's page. Browsers say where it comes from. */
function refuseForeign(request: FastifyRequest): void {
  const { origin } = request.headers
  const site = request.headers['sec-fetch-site']
  const own = origin === undefined || (URL.canParse(origin) && new URL(origin).host === request.headers.host)
  if (!own || (site !== undefined && site !== 'same-origin' && site !== 'none'))
    throw new Refusal(403, 'This comes from another site.')
}

/** `localhost:3300`, `127.0.0.1`, `[::1]:3300`. */
export function isLoopbackName(host: string): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase()
  return name === 'localhost' || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name)
}
